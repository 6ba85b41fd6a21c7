#include "daemon/admin/connections.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/admin/represent.hpp"
#include "daemon/links/sharers.hpp"
#include "daemon/metrics/metrics_text.hpp"
#include "daemon/notify/link_notices.hpp"
#include "daemon/notify/mail_header.hpp"
#include "daemon/notify/notify.hpp"
#include "daemon/text/names.hpp"
#include "daemon/text/printable.hpp"
#include "daemon/text/rfc3339.hpp"
#include "shared/language_tag.hpp"

#include <algorithm>
#include <charconv>

namespace grantlink {

namespace {

constexpr std::size_t maxNameLength = 200; // bytes of an account's or requester's name
constexpr std::size_t maxReminders = 5;
constexpr std::size_t maxMessageLength = 1000; // characters

// `where`: "accounts[1]", or empty for the request itself.
std::string memberOf(const std::string& where, const std::string& name) {
    return where.empty() ? name : where + "." + name;
}

std::string textMember(const Json& wanted, const char* name, const std::string& where = {}) {
    const Json value = wanted[name];
    const std::string member = memberOf(where, name);
    if (value.isNull())
        return {};
    if (!value.isString())
        throw badRequest(member + " must be a text", member);
    std::string text = value.str();
    if (!isOneLine(text, maxNameLength))
        throw badRequest(member + " must be one line of at most " + std::to_string(maxNameLength) +
                             " bytes",
                         member);
    return text;
}

void refuseUnknownMembers(const Json& wanted) {
    static constexpr std::string_view known[] = {
        "provider", "account", "accounts",        "notify", "requester",     "brand",
        "language", "message", "recipient_email", "remind", "link_lifetime", "trace"};
    for (const std::string& key : wanted.keys())
        if (std::find(std::begin(known), std::end(known), key) == std::end(known))
            throw badRequest("there is no member \"" + key +
                                 "\"; known are provider, account, accounts, notify, requester, "
                                 "brand, language, message, recipient_email, remind, "
                                 "link_lifetime and trace",
                             key);
}

void setAccount(Connection& out, const Json& wanted, const Settings& settings,
                const std::string& where) {
    const std::string of = where.empty() ? "" : where + ": ";
    out.provider = textMember(wanted, "provider", where);
    const Provider* provider = settings.provider(out.provider);
    if (!provider)
        throw badRequest(
            of + "there is no provider \"" + out.provider + "\"; known are " +
                keysOf(settings.providers, "none; add [providers.NAME] to grantlink.toml"),
            memberOf(where, "provider"));
    const std::string account = textMember(wanted, "account", where);
    out.account = provider->display(provider->normalise(account));
    if (out.account.empty() && !account.empty())
        throw badRequest(of + "account must be a handle such as \"@nike\"",
                         memberOf(where, "account"));
}

// What a link of several is asked for.
std::vector<Json> accountsOf(const Json& wanted) {
    const Json list = wanted["accounts"];
    if (!wanted["provider"].isNull() || !wanted["account"].isNull())
        throw badRequest("give either provider and account, or accounts", "accounts");
    if (!list.isArray() || list.size() < 1 || list.size() > LinkView::maxItems)
        throw badRequest("accounts must be a list of 1 to " + std::to_string(LinkView::maxItems) +
                             " objects with provider and account",
                         "accounts");
    std::vector<Json> out;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string where = "accounts[" + std::to_string(i) + "]";
        const Json one = list.at(i);
        if (!one.isObject())
            throw badRequest(where + " must be an object with provider and account", where);
        for (const std::string& key : one.keys())
            if (key != "provider" && key != "account")
                throw badRequest(where + " has no member \"" + key +
                                     "\"; known are provider and account",
                                 memberOf(where, key));
        out.push_back(one);
    }
    return out;
}

void refuseTwice(const std::vector<Connection>& connections) {
    for (std::size_t i = 0; i < connections.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (connections[i].provider == connections[j].provider &&
                connections[i].account == connections[j].account)
                throw badRequest("accounts[" + std::to_string(i) + "] is the same as accounts[" +
                                     std::to_string(j) + "]",
                                 "accounts[" + std::to_string(i) + "]");
}

// May have lines, unlike all other texts.
std::string messageOf(const Json& wanted) {
    const Json value = wanted["message"];
    const std::string out = value.isString() ? printableLines(value.str()) : "";
    const auto characters = std::count_if(out.begin(), out.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    });
    if ((!value.isNull() && !value.isString()) ||
        static_cast<std::size_t>(characters) > maxMessageLength)
        throw badRequest("message must be a text of at most " + std::to_string(maxMessageLength) +
                             " characters",
                         "message");
    return out;
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
    forgetLinkNotices(vault, connection);
    connection.status = ConnectionStatus::revoked;
}

// The same to whom else waits for the connection's link.
template <typename Act>
void eachOtherThatWaits(VaultWriter& vault, const Connection& connection, EventKind kind,
                        const Actor& actor, Act act) {
    for (Connection& other : sharersOf(vault, connection)) {
        if (other.id == connection.id || !other.waits())
            continue;
        act(other);
        other.updated = nowMs();
        vault.putConnection(other);
        vault.record({.time = other.updated, .kind = kind, .connection = other.id, .actor = actor});
    }
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
    const SettingsPtr settings = settings_.get();
    Connection out;
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
    out.message = messageOf(wanted);
    if (const Json trace = wanted["trace"]; !trace.isNull() && !trace.isBoolean())
        throw badRequest("trace must be true or false", "trace");
    out.created = out.updated = out.linkMade = nowMs();
    out.linkKey = keys_->get()->current().id;
    out.linkExpires = after(lifetimeOf(wanted, settings->config));
    return out;
}

// All that one request asks for. One account has a link of its own.
std::vector<Connection> ConnectionsApi::newConnections(const Json& wanted) const {
    refuseUnknownMembers(wanted);
    const SettingsPtr settings = settings_.get();
    const bool listed = !wanted["accounts"].isNull();
    const std::vector<Json> accounts = listed ? accountsOf(wanted) : std::vector<Json>{wanted};
    std::vector<Connection> out(accounts.size());
    for (std::size_t i = 0; i < accounts.size(); ++i)
        setAccount(out[i], accounts[i], *settings,
                   listed ? "accounts[" + std::to_string(i) + "]" : "");
    refuseTwice(out);
    const Connection common = newConnection(wanted);
    std::vector<Uuid> ids(out.size());
    std::generate(ids.begin(), ids.end(), [] { return Uuid::v7(); });
    const Uuid link = Uuid::v7();
    for (std::size_t i = 0; i < out.size(); ++i) {
        Connection connection = common;
        connection.id = ids[i];
        connection.provider = out[i].provider;
        connection.account = out[i].account;
        if (out.size() > 1) {
            connection.together = ids;
            connection.sharedLink = link;
        }
        out[i] = std::move(connection);
    }
    return out;
}

boost::asio::awaitable<Json> ConnectionsApi::create(Json wanted, Actor actor) {
    const std::vector<Connection> made = newConnections(wanted);
    const SettingsPtr settings = settings_.get();
    const auto put = [made, settings, actor](VaultWriter& vault) {
        for (const Connection& connection : made) {
            vault.putConnection(connection);
            vault.record({.time = connection.created,
                          .kind = EventKind::created,
                          .connection = connection.id,
                          .actor = actor,
                          .detail = connection.provider + " " + connection.account});
        }
        planLinkNotices(vault, made.front(), *settings);
    };
    co_await vault_.write(put);
    if (wanted["trace"].boolean())
        for (const Connection& connection : made)
            requests_.begin(connection.id);
    co_await links_.publish(vault_, made.front().id);
    queued_();
    if (wanted["accounts"].isNull())
        co_return withLink(made.front());
    Json list = Json::array();
    for (const Connection& connection : made)
        list.push(represent(connection));
    co_return Json::object()
        .set("connections", list)
        .set("link", links_.linkOf(made.front()))
        .set("link_expires_at", rfc3339(made.front().linkExpires));
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
    co_await links_.publish(vault_, id);
    co_return *changed;
}

boost::asio::awaitable<Json> ConnectionsApi::regenerate(Uuid id, Actor actor) {
    const SettingsPtr settings = settings_.get();
    const TimeMs expires = after(settings->config.linkLifetime);
    const KeyId key = keys_->get()->current().id;
    const Change renew = [expires, key, settings, actor](Connection& c, VaultWriter& vault) {
        if (c.status == ConnectionStatus::active)
            throw conflict("the connection is active and needs no link");
        if (c.status == ConnectionStatus::revoked)
            throw conflict("the connection was cancelled; request a new one");
        replaceLink(vault, c, key, expires);
        planLinkNotices(vault, c, *settings);
        eachOtherThatWaits(vault, c, EventKind::regenerated, actor, [](Connection&) {});
    };
    const Connection connection =
        co_await change(id, EventKind::regenerated, std::move(actor), renew);
    queued_();
    co_return withLink(connection);
}

boost::asio::awaitable<Json> ConnectionsApi::cancel(Uuid id, Actor actor) {
    const SettingsPtr settings = settings_.get();
    const Change withdraw = [settings, actor](Connection& c, VaultWriter& vault) {
        if (c.status == ConnectionStatus::active)
            throw conflict("the connection is active; there is no request left to cancel");
        const auto end = [&](Connection& one) {
            revoke(one, vault, *settings);
            vault.erasePosts(one.id); // of one that was active once
        };
        if (c.waits())
            eachOtherThatWaits(vault, c, EventKind::cancelled, actor, end);
        end(c);
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
