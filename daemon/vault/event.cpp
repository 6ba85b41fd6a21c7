#include "daemon/vault/event.hpp"

#include "shared/name_table.hpp"

namespace grantlink {

namespace {

constexpr std::int64_t version = 1;

constexpr NameTable<EventKind, 16> kindNames{{
    {EventKind::created, "created"},
    {EventKind::linkShown, "link_shown"},
    {EventKind::opened, "opened"},
    {EventKind::started, "started"},
    {EventKind::approved, "approved"},
    {EventKind::exchanged, "exchanged"},
    {EventKind::active, "active"},
    {EventKind::attemptFailed, "attempt_failed"},
    {EventKind::vended, "vended"},
    {EventKind::refreshed, "refreshed"},
    {EventKind::refreshFailed, "refresh_failed"},
    {EventKind::broken, "broken"},
    {EventKind::regenerated, "regenerated"},
    {EventKind::cancelled, "cancelled"},
    {EventKind::removed, "removed"},
    {EventKind::tokenGivenBack, "token_given_back"},
}};

constexpr NameTable<ActorKind, 3> actorNames{{
    {ActorKind::grantlinkd, "grantlinkd"},
    {ActorKind::recipient, "recipient"},
    {ActorKind::user, "user"},
}};

void setText(Json& out, std::string_view key, const std::string& text) {
    if (!text.empty())
        out.set(key, text);
}

Json toJson(const Actor& actor) {
    Json out = Json::object();
    out.set("kind", nameOf(actor.kind));
    if (actor.kind != ActorKind::user)
        return out;
    out.set("uid", actor.uid).set("pid", actor.pid);
    setText(out, "user", actor.user);
    setText(out, "remote_user", actor.remoteUser);
    return out;
}

std::optional<Actor> actorFromJson(const Json& json) {
    const auto kind = valueIn(actorNames, json["kind"].str());
    if (!kind)
        return std::nullopt;
    Actor out;
    out.kind = *kind;
    out.uid = static_cast<std::uint32_t>(json["uid"].integer());
    out.pid = static_cast<std::int32_t>(json["pid"].integer());
    out.user = json["user"].str();
    out.remoteUser = json["remote_user"].str();
    return out;
}

} // namespace

std::string_view nameOf(EventKind kind) {
    return nameIn(kindNames, kind);
}

std::string_view nameOf(ActorKind kind) {
    return nameIn(actorNames, kind);
}

std::string encodeEvent(const Event& event) {
    Json out = Json::object();
    out.set("v", version).set("time", event.time);
    out.set("kind", nameOf(event.kind)).set("connection", event.connection.text());
    if (event.attempt)
        out.set("attempt", event.attempt->text());
    out.set("by", toJson(event.actor));
    setText(out, "detail", event.detail);
    return out.dump();
}

std::optional<Event> decodeEvent(std::uint64_t number, std::string_view record) {
    const Json json = Json::parse(record);
    const auto kind = valueIn(kindNames, json["kind"].str());
    const auto connection = Uuid::parse(json["connection"].str());
    const auto actor = actorFromJson(json["by"]);
    if (json["v"].integer() != version || !kind || !connection || !actor)
        return std::nullopt;
    Event out;
    out.number = number;
    out.time = static_cast<TimeMs>(json["time"].integer());
    out.kind = *kind;
    out.connection = *connection;
    out.attempt = Uuid::parse(json["attempt"].str());
    out.actor = *actor;
    out.detail = json["detail"].str();
    return out;
}

} // namespace grantlink
