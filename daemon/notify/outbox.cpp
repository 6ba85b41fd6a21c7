#include "daemon/notify/outbox.hpp"

#include "daemon/links/sharers.hpp"
#include "daemon/notify/link_mail.hpp"
#include "daemon/notify/smtp.hpp"
#include "daemon/notify/webhook.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <sodium.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr auto lookEvery = 2s;
constexpr std::size_t batch = 32;
constexpr TimeMs givenUpAfter = TimeMs{3} * 24 * 3600 * 1000;

// 5 s, 10 s, 20 s … one hour, or what the receiver asks for, and up to a fifth more, so that many
// do not come back at once.
TimeMs nextTry(unsigned tries, std::chrono::seconds retryAfter, TimeMs now) {
    const TimeMs own = std::min<TimeMs>(TimeMs{5000} << std::min(tries, 10u), 3'600'000);
    const TimeMs wait = std::max(own, inMs(retryAfter));
    return now + wait + randombytes_uniform(static_cast<std::uint32_t>(wait / 5));
}

bool isToRecipient(const Notification& n) {
    return n.about == Notice::invitation || n.about == Notice::reminder;
}

// What is worth nothing once the link works no more.
bool isAboutLink(const Notification& n) {
    return n.about == Notice::expiring || isToRecipient(n);
}

// Whoever reads the mail, or what the webhook was told, has the link.
void recordLink(VaultWriter& vault, const Notification& n, TimeMs now) {
    const std::string how = !n.webhook.empty() ? "to webhook " + n.webhook
                            : isToRecipient(n) ? "by mail to the recipient"
                                               : "by mail to the requester";
    vault.record(
        {.time = now, .kind = EventKind::linkShown, .connection = n.connection, .detail = how});
}

std::vector<AskedAccount> askedAccounts(const std::vector<Connection>& waiting,
                                        const Settings& settings) {
    std::vector<AskedAccount> out;
    for (const Connection& connection : waiting) {
        const Provider* provider = settings.provider(connection.provider);
        if (provider)
            out.push_back({provider->preset().name, provider->display(connection.account)});
    }
    return out;
}

std::string nameOf(const Notification& n) {
    const std::string to = n.webhook.empty() ? "mail" : "webhook " + n.webhook;
    return "notification " + n.id.text() + " (" + to + ")";
}

} // namespace

Outbox::Outbox(boost::asio::any_io_executor loop, Vault& vault, const LinkPublisher& links,
               HttpClient& http, const CurrentSettings& settings)
    : loop_(std::move(loop)), vault_(vault), links_(links), http_(http), settings_(settings) {}

void Outbox::start() {
    looking_ = true;
    boost::asio::co_spawn(loop_, look(), boost::asio::detached);
}

boost::asio::awaitable<void> Outbox::look() {
    while (!idle_.stopped()) {
        try {
            serveDue();
        } catch (const std::exception& error) {
            spdlog::error("outbox: {}", error.what());
        }
        co_await idle_.sleep(lookEvery);
    }
    looking_ = false;
}

void Outbox::serveDue() {
    std::map<std::string, std::vector<Notification>> due;
    vault_.read([&](const VaultReader& vault) {
        for (const std::string& queue : vault.notificationQueues())
            if (!busy_.contains(queue))
                due[queue] = vault.dueNotifications(queue, nowMs(), batch);
    });
    for (auto& [queue, notifications] : due) {
        if (notifications.empty())
            continue;
        busy_.insert(queue);
        boost::asio::co_spawn(loop_, serve(queue, std::move(notifications)), boost::asio::detached);
    }
}

boost::asio::awaitable<void> Outbox::serve(std::string queue, std::vector<Notification> due) {
    bool failed = false;
    for (Notification& notification : due) {
        const std::string name = nameOf(notification);
        try {
            if (!idle_.stopped())
                co_await sendOne(std::move(notification));
        } catch (const std::exception& error) { // the others are not to wait for this one
            spdlog::error("{}: {}", name, error.what());
            failed = true;
        }
    }
    busy_.erase(queue);
    if (!failed)
        idle_.wakeAll(); // there may be more
}

// For its link, if that is what it is about: somebody may have approved or cancelled since.
std::vector<Connection> Outbox::waitingFor(const Notification& notification) const {
    std::vector<Connection> out;
    vault_.read([&](const VaultReader& vault) {
        out = waitingWith(vault, notification.connection, nowMs());
    });
    // Webhooks are told of each connection by itself.
    if (!notification.webhook.empty())
        std::erase_if(out, [&](const Connection& c) { return c.id != notification.connection; });
    return out;
}

// The link is made when it is sent: it is stored nowhere, and may have been replaced meanwhile.
std::string Outbox::linkFor(const Notification& notification,
                            const std::optional<Connection>& connection) const {
    if (!connection)
        return {};
    const bool broken = connection->status == ConnectionStatus::broken;
    return broken || isAboutLink(notification) ? links_.linkOf(*connection) : "";
}

// Those that are still there, as they are by now.
std::vector<StoredPost> Outbox::postsOf(const Notification& notification) const {
    std::vector<StoredPost> out;
    vault_.read([&](const VaultReader& vault) {
        for (const std::uint64_t number : notification.posts)
            if (auto post = vault.post(number); post && !post->deleted)
                out.push_back(std::move(*post));
    });
    return out;
}

Mail Outbox::mailOf(const Notification& n, const SmtpConfig& config,
                    const std::optional<Connection>& connection, std::string link) const {
    MailNotice notice{n.id.text(), n.to,       n.connection.text(), n.provider,
                      n.account,   n.approved, n.requester,         n.when};
    notice.reason = n.reason;
    notice.link = std::move(link);
    notice.expires = connection ? connection->linkExpires : 0;
    notice.language = config.language;
    if (isToRecipient(n))
        notice.language = connection ? connection->language : "";
    notice.message = connection ? connection->message : "";
    if (isAboutLink(n))
        notice.accounts = askedAccounts(waitingFor(n), *settings_.get());
    switch (n.about) {
    case Notice::expiring:
        return expiringMail(notice);
    case Notice::invitation:
        return invitationMail(notice);
    case Notice::reminder:
        return reminderMail(notice);
    case Notice::wrongAccount:
        return wrongAccountMail(notice);
    case Notice::declined:
        return declinedMail(notice);
    case Notice::broken:
        return brokenMail(notice);
    default:
        return connectedMail(notice);
    }
}

boost::asio::awaitable<Outbox::Try> Outbox::mail(const Notification& notification,
                                                 const Config& config) {
    if (!config.mail)
        co_return Try{Try::End::failed, "[mail] is not configured"};
    SmtpSender sender(*config.mail);
    const auto connection = vault_.connection(notification.connection);
    std::string link = linkFor(notification, connection);
    const bool hasLink = !link.empty();
    Mail mail = mailOf(notification, *config.mail, connection, std::move(link));
    const SmtpResult result = co_await sender.send(std::move(mail));
    switch (result.kind) {
    case SmtpResult::Kind::delivered:
        co_return Try{Try::End::delivered, result.message, 0s, hasLink};
    case SmtpResult::Kind::permanentFailure:
        co_return Try{Try::End::refused, result.message};
    default:
        co_return Try{Try::End::failed, result.message};
    }
}

boost::asio::awaitable<Outbox::Try> Outbox::post(const Notification& notification,
                                                 const Config& config) {
    const auto webhook = config.webhooks.find(notification.webhook);
    if (webhook == config.webhooks.end())
        co_return Try{Try::End::failed,
                      "[webhooks." + notification.webhook + "] is not in grantlink.toml any more"};
    const auto connection = vault_.connection(notification.connection);
    const std::vector<StoredPost> posts = postsOf(notification);
    if (notification.about == Notice::published && posts.empty())
        co_return Try{Try::End::moot, "its posts are gone"};
    const std::string link = linkFor(notification, connection);
    std::string body = webhookBody(notification, connection, link, posts).dump();
    std::string id = notification.id.text();
    WebhookConfig receiver = webhook->second;
    const WebhookResult result =
        co_await postWebhook(http_, std::move(receiver), std::move(id), std::move(body));
    switch (result.kind) {
    case WebhookResult::Kind::delivered:
        co_return Try{Try::End::delivered, result.message, 0s, !link.empty()};
    case WebhookResult::Kind::permanentFailure:
        co_return Try{Try::End::refused, result.message};
    default:
        co_return Try{Try::End::failed, result.message, result.retryAfter};
    }
}

boost::asio::awaitable<Outbox::Try> Outbox::send(const Notification& notification) {
    const SettingsPtr settings = settings_.get();
    if (isAboutLink(notification) && waitingFor(notification).empty())
        co_return Try{Try::End::moot, "its link waits no more"};
    if (notification.webhook.empty())
        co_return co_await mail(notification, settings->config);
    co_return co_await post(notification, settings->config);
}

boost::asio::awaitable<void> Outbox::sendOne(Notification notification) {
    const Uuid id = notification.id;
    const auto taken = settled_.find(id);
    Try last{Try::End::delivered, "was delivered before"};
    try {
        if (taken == settled_.end())
            last = co_await send(notification);
        else
            last.hadLink = taken->second;
    } catch (const std::exception& error) { // such as a master key that is gone
        last = {Try::End::failed, error.what()};
    }
    const bool done = last.end == Try::End::delivered || last.end == Try::End::moot;
    if (done)
        settled_.emplace(id, last.hadLink);
    const TimeMs now = nowMs();
    const TimeMs since = notification.since ? notification.since : notification.when;
    const bool givenUp = last.end == Try::End::refused || now > since + givenUpAfter;
    if (done)
        spdlog::info("{}: {}", nameOf(notification),
                     last.end == Try::End::moot ? "not sent, " + last.message : "delivered");
    else
        spdlog::warn("{}: {}{}", nameOf(notification), last.message,
                     givenUp ? "; given up" : "; it is tried again");
    const auto record = [id, done, givenUp, last, now](VaultWriter& vault) {
        auto found = vault.notification(id);
        if (!found || found->givenUp) // deleted meanwhile
            return;
        if (last.hadLink)
            recordLink(vault, *found, now);
        if (done)
            return vault.removeNotification(id);
        found->fault = last.message;
        const unsigned before = found->tries++;
        if (!givenUp)
            return vault.putNotification(*found, nextTry(before, last.retryAfter, now));
        found->givenUp = now;
        vault.buryNotification(*found);
    };
    co_await vault_.write(record);
    settled_.erase(id);
}

} // namespace grantlink
