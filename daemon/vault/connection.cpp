#include "daemon/vault/connection.hpp"

#include "shared/name_table.hpp"

namespace grantlink {

namespace {

constexpr NameTable<ConnectionStatus, 4> statusNames{{
    {ConnectionStatus::pending, "pending"},
    {ConnectionStatus::active, "active"},
    {ConnectionStatus::broken, "broken"},
    {ConnectionStatus::revoked, "revoked"},
}};

constexpr NameTable<Notice, 9> noticeNames{{
    {Notice::connected, "connected"},
    {Notice::wrongAccount, "wrong_account"},
    {Notice::declined, "declined"},
    {Notice::broken, "broken"},
    {Notice::removed, "removed"},
    {Notice::expiring, "expiring"},
    {Notice::invitation, "invitation"},
    {Notice::reminder, "reminder"},
    {Notice::published, "published"},
}};

TimeMs time(const Json& json) {
    return static_cast<TimeMs>(json.integer());
}

Uuid uuid(const Json& json) {
    return Uuid::parse(json.str()).value_or(Uuid{});
}

Json durations(const std::vector<std::chrono::seconds>& list) {
    Json out = Json::array();
    for (const std::chrono::seconds duration : list)
        out.push(duration.count());
    return out;
}

Json ids(const std::vector<Uuid>& list) {
    Json out = Json::array();
    for (const Uuid& id : list)
        out.push(id.text());
    return out;
}

void setOutcome(Json& out, std::string_view key, const std::optional<Outcome>& outcome) {
    if (outcome)
        out.set(key, nameOf(*outcome));
}

} // namespace

std::string_view nameOf(ConnectionStatus status) {
    return nameIn(statusNames, status);
}

std::optional<ConnectionStatus> connectionStatusNamed(std::string_view wanted) {
    return valueIn(statusNames, wanted);
}

std::string_view nameOf(Notice about) {
    return nameIn(noticeNames, about);
}

void renewLink(Connection& connection, KeyId key, TimeMs expires) {
    ++connection.generation;
    connection.linkKey = key;
    connection.linkExpires = expires;
    connection.linkMade = nowMs();
    connection.opened = connection.started = 0;
}

Json toJson(const Connection& c) {
    Json out = Json::object();
    out.set("provider", c.provider).set("account", c.account).set("status", nameOf(c.status));
    out.set("requester", c.requester).set("notify", c.notify).set("recipient", c.recipient);
    out.set("brand", c.brand).set("language", c.language);
    out.set("created", c.created).set("updated", c.updated);
    out.set("generation", c.generation).set("link_key", c.linkKey);
    out.set("link_expires", c.linkExpires).set("link_made", c.linkMade);
    out.set("opened", c.opened).set("started", c.started);
    if (!c.message.empty())
        out.set("message", c.message);
    if (!c.together.empty())
        out.set("link", c.sharedLink.text()).set("together", ids(c.together));
    if (!c.remind.empty())
        out.set("remind", durations(c.remind));
    if (c.approved)
        out.set("approved", Json::object()
                                .set("id", c.approved->id)
                                .set("handle", c.approved->handle)
                                .set("name", c.approved->name)
                                .set("picture", c.approved->picture));
    out.set("token_expires", c.tokenExpires).set("token_scope", c.tokenScope);
    out.set("refresh_asked", c.refreshAsked).set("doubted", c.doubted);
    out.set("doubts_account", c.doubtsAccount);
    out.set("upkeep_failures", c.upkeepFailures).set("trouble", c.trouble);
    setOutcome(out, "last_outcome", c.lastOutcome);
    out.set("last_outcome_at", c.lastOutcomeAt);
    return out;
}

Connection connectionFromJson(const Uuid& id, const Json& json) {
    Connection out;
    out.id = id;
    out.provider = json["provider"].str();
    out.account = json["account"].str();
    out.status = connectionStatusNamed(json["status"].str()).value_or(ConnectionStatus::broken);
    out.requester = json["requester"].str();
    out.notify = json["notify"].str();
    out.recipient = json["recipient"].str();
    out.brand = json["brand"].str();
    out.language = json["language"].str();
    out.message = json["message"].str();
    for (std::size_t i = 0; i < json["together"].size(); ++i)
        out.together.push_back(uuid(json["together"].at(i)));
    out.sharedLink = uuid(json["link"]);
    out.created = time(json["created"]);
    out.updated = time(json["updated"]);
    out.generation = static_cast<std::uint32_t>(json["generation"].integer(1));
    out.linkKey = static_cast<KeyId>(json["link_key"].integer());
    out.linkExpires = time(json["link_expires"]);
    out.linkMade = time(json["link_made"]);
    out.opened = time(json["opened"]);
    out.started = time(json["started"]);
    for (std::size_t i = 0; i < json["remind"].size(); ++i)
        out.remind.emplace_back(json["remind"].at(i).integer());
    if (const Json approved = json["approved"]; approved.isObject())
        out.approved = ApprovedAccount{approved["id"].str(), approved["handle"].str(),
                                       approved["name"].str(), approved["picture"].str()};
    out.tokenExpires = time(json["token_expires"]);
    out.tokenScope = json["token_scope"].str();
    out.refreshAsked = time(json["refresh_asked"]);
    out.doubted = time(json["doubted"]);
    out.doubtsAccount = json["doubts_account"].boolean();
    out.upkeepFailures = static_cast<unsigned>(json["upkeep_failures"].integer());
    out.trouble = json["trouble"].str();
    out.lastOutcome = outcomeNamed(json["last_outcome"].str());
    out.lastOutcomeAt = time(json["last_outcome_at"]);
    return out;
}

Json toJson(const AttemptRecord& attempt) {
    Json out = Json::object();
    out.set("connection", attempt.connection.text());
    out.set("stage", static_cast<int>(attempt.stage));
    setOutcome(out, "outcome", attempt.outcome);
    out.set("detail", attempt.detail);
    return out;
}

AttemptRecord attemptFromJson(const Json& json) {
    return {uuid(json["connection"]), static_cast<AttemptStage>(json["stage"].integer()),
            outcomeNamed(json["outcome"].str()), json["detail"].str()};
}

Json toJson(const Notification& n) {
    Json out = Json::object();
    out.set("about", nameOf(n.about))
        .set("connection", n.connection.text())
        .set("webhook", n.webhook)
        .set("to", n.to);
    out.set("provider", n.provider).set("account", n.account).set("approved", n.approved);
    out.set("approved_id", n.approvedId);
    out.set("requester", n.requester).set("when", n.when).set("since", n.since);
    out.set("reason", n.reason);
    out.set("tries", n.tries).set("fault", n.fault).set("given_up", n.givenUp);
    if (n.about == Notice::published) {
        Json posts = Json::array();
        for (const std::uint64_t post : n.posts)
            posts.push(post);
        out.set("posts", posts).set("post_count", n.postCount).set("first", n.firstPosts);
    }
    return out;
}

Notification notificationFromJson(const Uuid& id, const Json& json) {
    Notification out;
    out.id = id;
    out.about = valueIn(noticeNames, json["about"].str()).value_or(Notice::connected);
    out.connection = uuid(json["connection"]);
    out.webhook = json["webhook"].str();
    out.to = json["to"].str();
    out.provider = json["provider"].str();
    out.account = json["account"].str();
    out.approved = json["approved"].str();
    out.approvedId = json["approved_id"].str();
    out.requester = json["requester"].str();
    out.reason = json["reason"].str();
    out.when = time(json["when"]);
    out.since = time(json["since"]);
    out.tries = static_cast<unsigned>(json["tries"].integer());
    out.fault = json["fault"].str();
    out.givenUp = time(json["given_up"]);
    for (std::size_t i = 0; i < json["posts"].size(); ++i)
        out.posts.push_back(static_cast<std::uint64_t>(json["posts"].at(i).integer()));
    out.postCount = static_cast<std::size_t>(json["post_count"].integer());
    out.firstPosts = json["first"].boolean();
    return out;
}

} // namespace grantlink
