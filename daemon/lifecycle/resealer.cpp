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
            spdlog::error("tokens cannot be sealed anew: {}", error.what());
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
    const auto step = std::make_shared<Resealed>();
    std::size_t sealed = 0, unreadable = 0;
    while (!step->ended && !idle_.stopped()) {
        const auto apply = [step](VaultWriter& vault) { *step = vault.resealTokens(step->last); };
        co_await vault_.write(apply);
        sealed += step->sealed;
        unreadable += step->unreadable;
        if (step->sealed > 0)
            co_await idle_.sleep(betweenSteps);
    }
    co_await passPosts();
    if (sealed > 0)
        spdlog::info("{} tokens are sealed with the current master key now", sealed);
    if (unreadable > 0)
        spdlog::error("{} tokens cannot be opened; 'grantlink check' lists them", unreadable);
}

boost::asio::awaitable<void> Resealer::passPosts() {
    const auto step = std::make_shared<ResealedPosts>();
    while (!step->ended && !idle_.stopped()) {
        const auto apply = [step](VaultWriter& vault) { *step = vault.resealPosts(step->last); };
        co_await vault_.write(apply);
        if (step->sealed > 0)
            co_await idle_.sleep(betweenSteps);
    }
}

} // namespace grantlink
