#include "daemon/maintenance.hpp"

#include "daemon/collect/keep_posts.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <spdlog/spdlog.h>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr auto every = 2s;
constexpr TimeMs hour = 3'600'000;
constexpr std::size_t pruneBatch = 1000;
constexpr std::size_t ownersAtATime = 50; // of posts

// How long an outcome can still be looked at after its state has expired.
constexpr TimeMs keptAfterwards = 24 * hour;

// How long a notification that was given up can still be replayed.
constexpr TimeMs deadLettersKept = 30 * 24 * hour;

} // namespace

Maintenance::Maintenance(boost::asio::any_io_executor loop, Vault& vault, DaemonSpool& spool,
                         LinkPublisher& links, const CurrentSettings& settings)
    : loop_(std::move(loop)), vault_(vault), spool_(spool), links_(links), settings_(settings) {}

void Maintenance::start() {
    running_ = true;
    boost::asio::co_spawn(loop_, run(), boost::asio::detached);
}

boost::asio::awaitable<void> Maintenance::run() {
    while (!idle_.stopped()) {
        co_await idle_.sleep(every);
        try {
            if (!idle_.stopped())
                co_await once();
        } catch (const std::exception& error) {
            spdlog::error("maintenance: {}", error.what());
        }
    }
    running_ = false;
}

boost::asio::awaitable<void> Maintenance::once() {
    links_.reopenIfLost();
    if (links_.behind()) {
        spdlog::warn("the edge's links/ is not complete; it is made again from the vault");
        co_await links_.publishAll(vault_);
    }
    links_.clearStaleReaders();
    spool_.clearStaleReaders();
    co_await prune();
    co_await pruneEvents();
    co_await forgetDeadLetters();
    co_await prunePosts();
}

boost::asio::awaitable<void> Maintenance::forgetDeadLetters() {
    if (nowMs() < deadLettersDue_)
        co_return;
    deadLettersDue_ = nowMs() + hour;
    VaultCounts counts;
    vault_.read([&](const VaultReader& vault) { counts = vault.counts(); });
    if (counts.deadNotifications == 0)
        co_return;
    const TimeMs before = nowMs() - deadLettersKept;
    const auto forget = [before](VaultWriter& vault) {
        vault.pruneNotifications(before, pruneBatch);
    };
    co_await vault_.write(forget);
}

// Some connections each time, so that neither this loop nor a writer waits for all of them.
boost::asio::awaitable<void> Maintenance::prunePosts() {
    const SettingsPtr settings = settings_.get();
    const PostLimits limits = postLimits(settings->config.content, nowMs());
    std::vector<Uuid> owners, overdue;
    vault_.read([&](const VaultReader& vault) {
        owners = vault.postOwners(prunedTo_, ownersAtATime);
        for (const Uuid& owner : owners)
            if (const PostStock stock = vault.postStock(owner);
                stock.oldest < limits.before || stock.count > limits.most)
                overdue.push_back(owner);
    });
    prunedTo_ = owners.size() < ownersAtATime ? Uuid{} : owners.back();
    if (overdue.empty())
        co_return;
    const auto forget = [overdue, limits](VaultWriter& vault) {
        for (const Uuid& owner : overdue)
            vault.prunePosts(owner, limits, pruneBatch);
    };
    co_await vault_.write(forget);
}

// Spool first: a vault record must outlive the approval that it makes idempotent.
boost::asio::awaitable<void> Maintenance::prune() {
    const SettingsPtr settings = settings_.get();
    const auto lifetime = inMs(settings->config.attemptLifetime);
    const TimeMs before = nowMs() - lifetime - keptAfterwards;
    const std::size_t outcomes = co_await spool_.prune(before, pruneBatch);
    if (outcomes == 0)
        co_return;
    spdlog::debug("forgot {} old outcomes", outcomes);
    const auto forget = [before](VaultWriter& vault) {
        vault.pruneAttempts(before - keptAfterwards, pruneBatch);
    };
    co_await vault_.write(forget);
}

boost::asio::awaitable<void> Maintenance::pruneEvents() {
    const SettingsPtr settings = settings_.get();
    const auto retention = inMs(settings->config.auditRetention);
    const TimeMs before = nowMs() - retention;
    std::optional<TimeMs> oldest;
    vault_.read([&](const VaultReader& vault) { oldest = vault.oldestEvent(); });
    if (!oldest || *oldest >= before)
        co_return;
    const auto forget = [before](VaultWriter& vault) { vault.pruneEvents(before, pruneBatch); };
    co_await vault_.write(forget);
}

} // namespace grantlink
