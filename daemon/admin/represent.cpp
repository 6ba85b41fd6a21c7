#include "daemon/admin/represent.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/text/rfc3339.hpp"

#include <string>
#include <utility>

namespace grantlink {

namespace {

Json approvedOf(const Connection& connection) {
    if (!connection.approved)
        return {};
    return Json::object()
        .set("id", connection.approved->id)
        .set("handle", connection.approved->handle)
        .set("name", textOrNull(connection.approved->name))
        .set("picture_url", textOrNull(connection.approved->picture));
}

Json tokenOf(const Connection& connection) {
    if (connection.status != ConnectionStatus::active)
        return {};
    return Json::object()
        .set("expires_at", timeOrNull(connection.tokenExpires))
        .set("scopes", scopesOf(connection.tokenScope));
}

// "3d", as it is asked for: in the largest unit that fits.
std::string durationText(std::chrono::seconds duration) {
    constexpr std::pair<long, char> units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}};
    for (const auto& [seconds, unit] : units)
        if (duration.count() % seconds == 0)
            return std::to_string(duration.count() / seconds) + unit;
    return std::to_string(duration.count()) + 's';
}

Json remindersOf(const Connection& connection) {
    Json out = Json::array();
    for (const std::chrono::seconds after : connection.remind)
        out.push(durationText(after));
    return out;
}

Json othersOf(const Connection& connection) {
    Json out = Json::array();
    for (const Uuid& id : connection.together)
        if (id != connection.id)
            out.push(id.text());
    return out;
}

} // namespace

Json timeOrNull(TimeMs time) {
    return time ? Json(rfc3339(time)) : Json();
}

Json textOrNull(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

// RFC 6749 divides scopes by blanks, some providers by commas.
Json scopesOf(const std::string& text) {
    Json out = Json::array();
    std::string word;
    for (char c : text + " ") {
        if (c != ' ' && c != ',') {
            word += c;
        } else if (!word.empty()) {
            out.push(word);
            word.clear();
        }
    }
    return out;
}

Json represent(const Connection& c) {
    Json out = Json::object();
    out.set("id", c.id.text()).set("provider", c.provider).set("account", textOrNull(c.account));
    out.set("status", nameOf(c.status)).set("requester", c.requester);
    out.set("notify", textOrNull(c.notify)).set("recipient_email", textOrNull(c.recipient));
    out.set("remind", remindersOf(c));
    out.set("brand", textOrNull(c.brand)).set("language", textOrNull(c.language));
    out.set("message", textOrNull(c.message)).set("shares_link_with", othersOf(c));
    out.set("created_at", rfc3339(c.created)).set("updated_at", rfc3339(c.updated));
    out.set("generation", c.generation);
    out.set("link_expires_at", rfc3339(c.linkExpires));
    out.set("opened_at", timeOrNull(c.opened)).set("started_at", timeOrNull(c.started));
    out.set("approved_account", approvedOf(c)).set("token", tokenOf(c));
    out.set("last_outcome", c.lastOutcome ? Json(nameOf(*c.lastOutcome)) : Json());
    out.set("last_outcome_at", timeOrNull(c.lastOutcomeAt));
    out.set("trouble", textOrNull(c.trouble));
    return out;
}

} // namespace grantlink
