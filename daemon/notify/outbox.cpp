#include "daemon/notify/outbox.hpp"

#include "daemon/notify/smtp.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <sodium.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr auto lookEvery = 2s;
constexpr std::size_t batch = 32;
constexpr TimeMs givenUpAfter = TimeMs{3} * 24 * 3600 * 1000;

// 5 s, 10 s, 20 s … one hour, and up to a fifth more, so that many do not come back at once.
TimeMs nextTry(unsigned tries, TimeMs now) {
    const TimeMs wait = std::min<TimeMs>(TimeMs{5000} << std::min(tries, 10u), 3'600'000);
    return now + wait + randombytes_uniform(static_cast<std::uint32_t>(wait / 5));
}

} // namespace

Outbox::Outbox(boost::asio::any_io_executor loop, Vault& vault, const LinkPublisher& links,
               const CurrentSettings& settings)
    : loop_(std::move(loop)), vault_(vault), links_(links), settings_(settings) {}

void Outbox::start() {
    running_ = true;
    boost::asio::co_spawn(loop_, deliver(), boost::asio::detached);
}

boost::asio::awaitable<void> Outbox::deliver() {
    while (!idle_.stopped()) {
        std::vector<Notification> due;
        bool failed = false;
        try {
            vault_.read(
                [&](const VaultReader& vault) { due = vault.dueNotifications(nowMs(), batch); });
        } catch (const std::exception& error) {
            spdlog::error("outbox: {}", error.what());
        }
        for (Notification& notification : due) {
            const std::string id = notification.id.text();
            try {
                if (!idle_.stopped())
                    co_await sendOne(std::move(notification));
            } catch (const std::exception& error) { // the others are not to wait for this one
                spdlog::error("notification {}: {}", id, error.what());
                failed = true;
            }
        }
        if (due.empty() || failed)
            co_await idle_.sleep(lookEvery);
    }
    running_ = false;
}

// The link is made when it is sent: it is stored nowhere, and may have been replaced meanwhile.
Mail Outbox::mailOf(const Notification& n) const {
    MailNotice notice{n.id.text(), n.to,       n.connection.text(), n.provider,
                      n.account,   n.approved, n.requester,         n.when};
    notice.reason = n.reason;
    const auto connection = vault_.connection(n.connection);
    if (connection && connection->status == ConnectionStatus::broken)
        notice.link = links_.linkOf(*connection);
    switch (n.about) {
    case Notice::wrongAccount:
        return wrongAccountMail(notice);
    case Notice::declined:
        return declinedMail(notice);
    case Notice::broken:
        return brokenMail(notice);
    case Notice::connected:
        break;
    }
    return connectedMail(notice);
}

// Tries to deliver; whether the notification is done with.
boost::asio::awaitable<bool> Outbox::leaves(const Notification& notification) {
    const SettingsPtr settings = settings_.get();
    SmtpResult result{SmtpResult::Kind::temporaryFailure, "[mail] is not configured"};
    if (settings->config.mail) {
        SmtpSender sender(*settings->config.mail);
        Mail mail = mailOf(notification);
        result = co_await sender.send(std::move(mail));
    }
    if (result.kind == SmtpResult::Kind::delivered) {
        spdlog::info("notification {}: delivered", notification.id.text());
        co_return true;
    }
    const bool givenUp = result.kind == SmtpResult::Kind::permanentFailure ||
                         nowMs() > notification.when + givenUpAfter;
    spdlog::warn("notification {}: {}{}", notification.id.text(), result.message,
                 givenUp ? "; given up" : "; it is tried again");
    co_return givenUp;
}

boost::asio::awaitable<void> Outbox::sendOne(Notification notification) {
    const Uuid id = notification.id;
    bool done = settled_.contains(id);
    if (!done)
        done = co_await leaves(notification);
    if (done)
        settled_.insert(id);
    const auto record = [notification = std::move(notification), id, done](VaultWriter& vault) {
        if (done)
            return vault.removeNotification(id);
        Notification again = notification;
        ++again.tries;
        vault.putNotification(again, nextTry(notification.tries, nowMs()));
    };
    co_await vault_.write(record);
    settled_.erase(id);
}

} // namespace grantlink
