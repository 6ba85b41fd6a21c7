#include "daemon/admin/notifications.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/admin/represent.hpp"
#include "daemon/text/rfc3339.hpp"

#include <algorithm>
#include <memory>

namespace grantlink {

namespace {

NotificationQuery queryOf(const std::vector<std::pair<std::string, std::string>>& fields) {
    NotificationQuery out;
    out.dead = true;
    for (const auto& [name, value] : fields) {
        if (name == "state") {
            if (value != "dead" && value != "waiting")
                throw badRequest("state must be dead or waiting", name);
            out.dead = value == "dead";
        } else if (name == "limit") {
            out.limit = limitOf(value);
        } else if (name == "after") {
            out.after = Uuid::parse(value);
            if (!out.after)
                throw badRequest("after must be the \"next\" of the page before", name);
        } else {
            throw noSuchParameter(name, "state, limit and after");
        }
    }
    return out;
}

// Without what the mail or the call says: a link may be in it.
Json represent(const Notification& n) {
    const bool isMail = n.webhook.empty();
    Json out = Json::object();
    out.set("id", n.id.text()).set("state", n.givenUp ? "dead" : "waiting");
    out.set("about", nameOf(n.about)).set("connection", n.connection.text());
    out.set("kind", isMail ? "mail" : "webhook").set("to", isMail ? n.to : n.webhook);
    out.set("happened_at", rfc3339(n.when)).set("tries", n.tries);
    out.set("due_at", timeOrNull(n.due)).set("given_up_at", timeOrNull(n.givenUp));
    out.set("fault", textOrNull(n.fault));
    return out;
}

} // namespace

Json NotificationsApi::list(const std::vector<std::pair<std::string, std::string>>& fields) const {
    NotificationQuery query = queryOf(fields);
    const std::size_t limit = query.limit++; // one more tells whether there is a next page
    std::vector<Notification> found;
    vault_.read([&](const VaultReader& vault) { found = vault.notifications(query); });
    const bool more = found.size() > limit;
    found.resize(std::min(found.size(), limit));
    Json list = Json::array();
    for (const Notification& notification : found)
        list.push(represent(notification));
    return Json::object()
        .set("notifications", list)
        .set("next", more ? Json(found.back().id.text()) : Json());
}

// Out of where it is, and back into the outbox if it is to be replayed.
boost::asio::awaitable<Notification> NotificationsApi::take(Uuid id, bool replayed) {
    const auto taken = std::make_shared<Notification>();
    const auto apply = [id, replayed, taken](VaultWriter& vault) {
        auto found = vault.notification(id);
        if (!found)
            throw notFound("there is no notification " + id.text() +
                           "; it was delivered, deleted, or given up more than 30 days ago");
        *taken = *found;
        if (!replayed)
            return vault.removeNotification(id);
        taken->tries = 0;
        taken->givenUp = 0;
        taken->since = taken->due = nowMs();
        vault.putNotification(*taken, taken->due);
    };
    co_await vault_.write(apply);
    co_return *taken;
}

boost::asio::awaitable<Json> NotificationsApi::replay(Uuid id) {
    const Notification notification = co_await take(id, true);
    queued_();
    co_return represent(notification);
}

boost::asio::awaitable<Json> NotificationsApi::remove(Uuid id) {
    const Notification notification = co_await take(id, false);
    co_return represent(notification);
}

} // namespace grantlink
