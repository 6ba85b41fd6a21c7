#include "daemon/admin/connections.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/admin/represent.hpp"
#include "daemon/metrics/metrics_text.hpp"
#include "daemon/notify/link_notices.hpp"
#include "daemon/notify/mail_header.hpp"
#include "daemon/notify/notify.hpp"
#include "daemon/text/names.hpp"
#include "daemon/text/rfc3339.hpp"
#include "shared/language_tag.hpp"

#include <algorithm>
#include <charconv>

namespace grantlink {

namespace {

constexpr std::size_t maxNameLength = 200; // bytes of an account's or requester's name
constexpr std::size_t maxReminders = 5;

std::string textMember(const Json& wanted, const char* name) {
    const Json value = wanted[name];
    if (value.isNull())
        return {};
    if (!value.isString())
        throw badRequest(std::string(name) + " must be a text", name);
    std::string text = value.str();
    if (!isOneLine(text, maxNameLength))
        throw badRequest(std::string(name) + " must be one line of at most " +
                             std::to_string(maxNameLength) + " bytes",
                         name);
    return text;
}

void refuseUnknownMembers(const Json& wanted) {
    static constexpr std::string_view known[] = {
        "provider", "account",         "notify", "requester",     "brand",
        "language", "recipient_email", "remind", "link_lifetime", "trace"};
    for (const std::string& key : wanted.keys())
        if (std::find(std::begin(known), std::end(known), key) == std::end(known))
            throw badRequest("there is no member \"" + key +
                                 "\"; known are provider, account, notify, requester, brand, "
                                 "language, recipient_email, remind, link_lifetime and trace",
                             key);
}

// One mailbox, or none.
std::string addressMember(const Json& wanted, const char* name) {
    std::string out = textMember(wanted, name);
    if (!out.empty())
        if (const auto address = parseMailAddress(out); !address)
            throw badRequest(std::string(name) + ": " + address.error().message, name);
    return out;
}

std::vector<std::chrono::seconds> remindersOf(const Json& wanted) {
    const Json list = wanted["remind"];
    std::vector<std::chrono::seconds> out;
    for (std::size_t i = 0; i < list.size(); ++i)
        out.push_back(parseDuration(list.at(i).str()).value_or(std::chrono::seconds(0)));
    const bool valid = (list.isNull() || list.isArray()) && out.size() <= maxReminders &&
                       std::find(out.begin(), out.end(), std::chrono::seconds(0)) == out.end();
    if (!valid)
        throw badRequest("remind must be a list of at most " + std::to_string(maxReminders) +
                             " times after the request, such as [\"3d\", \"7d\"]",
                         "remind");
    return out;
}

std::chrono::seconds lifetimeOf(const Json& wanted, const Config& config) {
    const std::string text = textMember(wanted, "link_lifetime");
    if (text.empty())
        return config.linkLifetime;
    const auto lifetime = parseDuration(text);
    if (!lifetime)
        throw badRequest("link_lifetime must be a number and a unit, such as \"7d\" or \"12h\"",
                         "link_lifetime");
    return *lifetime;
}

TimeMs after(std::chrono::seconds duration) {
    return nowMs() + static_cast<TimeMs>(duration.count()) * 1000;
}

std::string brandOf(const Json& wanted, const Config& config) {
    std::string out = textMember(wanted, "brand");
    if (out.empty())
        return config.brand;
    if (!config.brands.contains(out))
        throw badRequest("there is no brand \"" + out + "\"; known are " +
                             keysOf(config.brands, "none; add [brands.ID] to grantlink.toml"),
                         "brand");
    return out;
}

std::string languageOf(const Json& wanted) {
    std::string out = textMember(wanted, "language");
    if (!out.empty() && !isLanguageTag(out))
        throw badRequest("language must be a BCP 47 tag, such as \"de\" or \"pt-BR\"", "language");
    return out;
}

void revoke(Connection& connection, VaultWriter& vault, const Settings& settings) {
    if (connection.status != ConnectionStatus::revoked)
        notify(vault, Notice::removed, connection, connection.approved, settings);
    forgetLinkNotices(vault, connection.id);
    connection.status = ConnectionStatus::revoked;
}

} // namespace

ConnectionsApi::ConnectionsApi(Vault& vault, LinkPublisher& links, const DaemonSpool& spool,
                               RequestTraces& requests, const Metrics& metrics,
                               const CurrentSettings& settings,
                               std::shared_ptr<const MasterKeyring> keys,
                               std::function<void()> queued)
    : vault_(vault), links_(links), spool_(spool), requests_(requests), metrics_(metrics),
      settings_(settings), keys_(std::move(keys)), queued_(std::move(queued)) {}

Connection ConnectionsApi::newConnection(const Json& wanted) const {
    refuseUnknownMembers(wanted);
    const SettingsPtr settings = settings_.get();
    Connection out;
    out.id = Uuid::v7();
    out.provider = textMember(wanted, "provider");
    const Provider* provider = settings->provider(out.provider);
    if (!provider)
        throw badRequest(
            "there is no provider \"" + out.provider + "\"; known are " +
                keysOf(settings->providers, "none; add [providers.NAME] to grantlink.toml"),
            "provider");
    const std::string account = textMember(wanted, "account");
    out.account = provider->display(provider->normalise(account));
    if (out.account.empty() && !account.empty())
        throw badRequest("account must be a handle such as \"@nike\"", "account");
    out.requester = textMember(wanted, "requester");
    if (out.requester.empty())
        out.requester = settings->config.requester;
    out.notify = addressMember(wanted, "notify");
    out.recipient = addressMember(wanted, "recipient_email");
    out.remind = remindersOf(wanted);
    if (!out.recipient.empty() && !settings->config.mail)
        throw badRequest("there is no [mail] in grantlink.toml, so no mail can be sent",
                         "recipient_email");
    if (!out.remind.empty() && out.recipient.empty())
        throw badRequest("remind needs a recipient_email", "remind");
    out.brand = brandOf(wanted, settings->config);
    out.language = languageOf(wanted);
    if (const Json trace = wanted["trace"]; !trace.isNull() && !trace.isBoolean())
        throw badRequest("trace must be true or false", "trace");
    out.created = out.updated = out.linkMade = nowMs();
    out.linkKey = keys_->get()->current().id;
    out.linkExpires = after(lifetimeOf(wanted, settings->config));
    return out;
}

boost::asio::awaitable<Json> ConnectionsApi::create(Json wanted, Actor actor) {
    const Connection connection = newConnection(wanted);
    const SettingsPtr settings = settings_.get();
    const auto put = [connection, settings, actor](VaultWriter& vault) {
        vault.putConnection(connection);
        planLinkNotices(vault, connection, *settings);
        vault.record({.time = connection.created,
                      .kind = EventKind::created,
                      .connection = connection.id,
                      .actor = actor,
                      .detail = connection.provider + " " + connection.account});
    };
    co_await vault_.write(put);
    if (wanted["trace"].boolean())
        requests_.begin(connection.id);
    co_await links_.publish(connection);
    queued_();
    co_return withLink(connection);
}

Connection ConnectionsApi::find(const Uuid& id) const {
    if (auto found = vault_.connection(id))
        return *found;
    throw noSuchConnection(id);
}

Json ConnectionsApi::show(const Uuid& id) const {
    return represent(find(id));
}

boost::asio::awaitable<Json> ConnectionsApi::link(Uuid id, Actor actor) {
    const Connection connection = find(id);
    if (connection.status == ConnectionStatus::active ||
        connection.status == ConnectionStatus::revoked)
        throw conflict("the connection is " + std::string(nameOf(connection.status)) +
                       "; only one that waits for an approval has a link");
    if (!keys_->get()->find(connection.linkKey))
        throw conflict("the master key that this link was made with is retired; regenerate it");
    const auto shown = [id, actor](VaultWriter& vault) {
        vault.record(
            {.time = nowMs(), .kind = EventKind::linkShown, .connection = id, .actor = actor});
    };
    co_await vault_.write(shown);
    co_return Json::object()
        .set("link", links_.linkOf(connection))
        .set("expires_at", rfc3339(connection.linkExpires))
        .set("generation", static_cast<std::int64_t>(connection.generation));
}

boost::asio::awaitable<Connection> ConnectionsApi::change(Uuid id, EventKind kind, Actor actor,
                                                          Change change) {
    const auto changed = std::make_shared<Connection>(find(id));
    const auto apply = [id, kind, actor = std::move(actor), change = std::move(change),
                        changed](VaultWriter& vault) {
        *changed = vault.connection(id).value(); // nothing removes connections
        change(*changed, vault);
        changed->updated = nowMs();
        vault.putConnection(*changed);
        vault.record({.time = changed->updated, .kind = kind, .connection = id, .actor = actor});
    };
    co_await vault_.write(apply);
    co_await links_.publish(*changed);
    co_return *changed;
}

boost::asio::awaitable<Json> ConnectionsApi::regenerate(Uuid id, Actor actor) {
    const SettingsPtr settings = settings_.get();
    const TimeMs expires = after(settings->config.linkLifetime);
    const KeyId key = keys_->get()->current().id;
    const Change renew = [expires, key, settings](Connection& c, VaultWriter& vault) {
        if (c.status == ConnectionStatus::active)
            throw conflict("the connection is active and needs no link");
        if (c.status == ConnectionStatus::revoked)
            throw conflict("the connection was cancelled; request a new one");
        renewLink(c, key, expires);
        planLinkNotices(vault, c, *settings);
    };
    const Connection connection =
        co_await change(id, EventKind::regenerated, std::move(actor), renew);
    queued_();
    co_return withLink(connection);
}

boost::asio::awaitable<Json> ConnectionsApi::cancel(Uuid id, Actor actor) {
    const SettingsPtr settings = settings_.get();
    const Change withdraw = [settings](Connection& c, VaultWriter& vault) {
        if (c.status == ConnectionStatus::active)
            throw conflict("the connection is active; there is no request left to cancel");
        revoke(c, vault, *settings);
        vault.erasePosts(c.id); // of one that was active once
    };
    const Connection connection =
        co_await change(id, EventKind::cancelled, std::move(actor), withdraw);
    queued_();
    co_return represent(connection);
}

// What is at the provider is given back by a task of its own: the provider may be down.
boost::asio::awaitable<Json> ConnectionsApi::remove(Uuid id, Actor actor) {
    const SettingsPtr settings = settings_.get();
    const Change end = [settings](Connection& c, VaultWriter& vault) {
        vault.unschedule(Task::upkeep, c.id);
        vault.unschedule(Task::collect, c.id);
        vault.erasePosts(c.id);
        const Provider* provider = settings->provider(c.provider);
        if (c.status == ConnectionStatus::active && provider && provider->preset().revoke)
            vault.schedule(Task::revoke, c, nowMs());
        else if (c.status != ConnectionStatus::revoked)
            vault.eraseTokens(c.id);
        revoke(c, vault, *settings);
        c.trouble.clear();
        c.tokenExpires = 0;
    };
    const Connection connection = co_await change(id, EventKind::removed, std::move(actor), end);
    queued_();
    co_return represent(connection);
}

Json ConnectionsApi::trace(const Uuid& id,
                           const std::vector<std::pair<std::string, std::string>>& query) const {
    std::size_t after = 0;
    for (const auto& [name, value] : query) {
        const auto [rest, error] =
            std::from_chars(value.data(), value.data() + value.size(), after);
        if (name != "after" || error != std::errc() || rest != value.data() + value.size())
            throw badRequest("the only parameter is after, the \"next\" of the answer before",
                             name);
    }
    Json out = requests_.of(find(id).id, after);
    if (out.isNull())
        throw notFound(
            "nothing is traced of this connection; ask for it with \"trace\": true when it "
            "is made, and before grantlinkd starts anew");
    return out;
}

Json ConnectionsApi::withLink(const Connection& connection) const {
    return represent(connection).set("link", links_.linkOf(connection));
}

Json ConnectionsApi::health() const {
    VaultCounts counts;
    vault_.read([&](const VaultReader& vault) { counts = vault.counts(); });
    const auto number = [](std::size_t n) { return Json(static_cast<std::int64_t>(n)); };
    return Json::object()
        .set("status", "ok")
        .set("version", GRANTLINK_VERSION)
        .set("connections", Json::object()
                                .set("pending", number(counts.pending))
                                .set("active", number(counts.active))
                                .set("broken", number(counts.broken))
                                .set("revoked", number(counts.revoked)))
        .set("spool", Json::object().set("approvals", number(spool_.counts().approvals)))
        .set("outbox", Json::object()
                           .set("waiting", number(counts.notifications))
                           .set("dead", number(counts.deadNotifications)));
}

std::string ConnectionsApi::metrics() const {
    VaultCounts counts;
    vault_.read([&](const VaultReader& vault) { counts = vault.counts(); });
    return metricsText(metrics_, counts, vault_.figures(), spool_.counts().approvals, nowMs());
}

} // namespace grantlink
