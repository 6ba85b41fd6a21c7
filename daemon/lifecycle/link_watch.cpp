#include "daemon/lifecycle/link_watch.hpp"

#include "daemon/links/sharers.hpp"
#include "daemon/notify/link_notices.hpp"
#include "daemon/notify/notify.hpp"

namespace grantlink {

using namespace std::chrono_literals;

LinkWatch::LinkWatch(boost::asio::any_io_executor loop, LifecycleServices& services)
    : services_(services), warnings_(loop, services.vault, services.settings, Task::warn,
                                     [this](Uuid connection) { return warn(connection); }),
      reminders_(loop, services.vault, services.settings, Task::remind,
                 [this](Uuid connection) { return remind(connection); }) {}

void LinkWatch::start() {
    warnings_.start();
    reminders_.start();
}

void LinkWatch::stop() {
    warnings_.stop();
    reminders_.stop();
}

boost::asio::awaitable<std::chrono::seconds> LinkWatch::warn(Uuid id) {
    const SettingsPtr settings = services_.settings.get();
    const auto apply = [id, settings](VaultWriter& vault) {
        vault.unschedule(Task::warn, id);
        notifyOfLink(vault, Notice::expiring, waitingWith(vault, id, nowMs()), *settings);
    };
    co_await services_.vault.write(apply);
    services_.notificationQueued();
    co_return 0s;
}

boost::asio::awaitable<std::chrono::seconds> LinkWatch::remind(Uuid id) {
    const SettingsPtr settings = services_.settings.get();
    const auto apply = [id, settings](VaultWriter& vault) {
        vault.unschedule(Task::remind, id);
        const auto connection = vault.connection(id);
        const auto waiting = waitingWith(vault, id, nowMs());
        if (!connection || waiting.empty())
            return;
        notifyRecipient(vault, Notice::reminder, waiting.front(), *settings);
        if (const auto next = nextReminder(*connection, nowMs()))
            vault.schedule(Task::remind, *connection, *next);
    };
    co_await services_.vault.write(apply);
    services_.notificationQueued();
    co_return 0s;
}

} // namespace grantlink
