#include "daemon/lifecycle/resealer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <spdlog/spdlog.h>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr auto betweenSteps = 10ms; // in which others write
constexpr auto afterFailure = 10s;
constexpr auto untilWoken = 24h;

void report(const char* what, const Resealing::Counts& counts) {
    if (counts.sealed > 0)
        spdlog::info("{} {} are sealed with the current master key now", counts.sealed, what);
    if (counts.unreadable > 0)
        spdlog::error("{} {} cannot be opened; 'grantlink check' lists them", counts.unreadable,
                      what);
}

} // namespace

void Resealer::start() {
    running_ = true;
    boost::asio::co_spawn(loop_, run(), boost::asio::detached);
}

void Resealer::wake() {
    wanted_ = true;
    idle_.wakeAll();
}

boost::asio::awaitable<void> Resealer::run() {
    while (!idle_.stopped()) {
        bool failed = false;
        wanted_ = false;
        try {
            co_await pass();
        } catch (const std::exception& error) {
            spdlog::error("tokens and posts cannot be sealed anew: {}", error.what());
            failed = true;
        }
        if (failed)
            co_await idle_.sleep(afterFailure);
        else if (!wanted_)
            co_await idle_.sleep(untilWoken);
    }
    running_ = false;
}

boost::asio::awaitable<void> Resealer::pass() {
    bool done = false;
    vault_.read([&](const VaultReader& vault) { done = vault.isSealedWithCurrent(); });
    if (done)
        co_return;
    const auto soFar = std::make_shared<Resealing>();
    while (!soFar->ended() && !idle_.stopped()) {
        const std::size_t before = soFar->tokens.sealed + soFar->posts.sealed;
        const auto apply = [soFar](VaultWriter& vault) { *soFar = vault.reseal(*soFar); };
        co_await vault_.write(apply);
        if (soFar->tokens.sealed + soFar->posts.sealed > before)
            co_await idle_.sleep(betweenSteps);
    }
    report("tokens", soFar->tokens);
    report("posts", soFar->posts);
}

} // namespace grantlink
