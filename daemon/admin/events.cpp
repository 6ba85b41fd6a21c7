#include "daemon/admin/events.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/admin/represent.hpp"
#include "daemon/text/rfc3339.hpp"

#include <charconv>

namespace grantlink {

namespace {

Json represent(const Actor& actor) {
    Json out = Json::object();
    out.set("kind", nameOf(actor.kind));
    if (actor.kind != ActorKind::user)
        return out;
    return out.set("uid", actor.uid)
        .set("user", textOrNull(actor.user))
        .set("pid", actor.pid)
        .set("remote_user", textOrNull(actor.remoteUser));
}

} // namespace

std::optional<std::uint64_t> eventNumber(const std::string& text) {
    std::uint64_t out = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, out);
    return error == std::errc() && rest == end ? std::optional(out) : std::nullopt;
}

Json represent(const Event& event) {
    return Json::object()
        .set("number", event.number)
        .set("at", rfc3339(event.time))
        .set("connection", event.connection.text())
        .set("event", nameOf(event.kind))
        .set("by", represent(event.actor))
        .set("attempt", event.attempt ? Json(event.attempt->text()) : Json())
        .set("detail", textOrNull(event.detail));
}

Json EventsApi::list(const Uuid& connection,
                     const std::vector<std::pair<std::string, std::string>>& query) const {
    std::size_t limit = 50;
    std::optional<std::uint64_t> after;
    for (const auto& [name, value] : query) {
        if (name == "limit") {
            limit = limitOf(value);
        } else if (name == "after") {
            after = eventNumber(value);
            if (!after)
                throw badRequest("after must be the \"next\" of the page before", name);
        } else {
            throw noSuchParameter(name, "limit and after");
        }
    }
    EventPage page;
    bool known = false;
    vault_.read([&](const VaultReader& vault) {
        known = vault.connection(connection).has_value();
        page = vault.eventsOf(connection, after, limit);
    });
    if (!known)
        throw noSuchConnection(connection);
    Json events = Json::array();
    for (const Event& event : page.events)
        events.push(grantlink::represent(event));
    return Json::object().set("events", events).set("next", page.next ? Json(*page.next) : Json());
}

} // namespace grantlink
