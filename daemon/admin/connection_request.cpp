#include "daemon/admin/connection_request.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/notify/mail_header.hpp"
#include "daemon/text/names.hpp"
#include "daemon/text/printable.hpp"
#include "shared/language_tag.hpp"
#include "shared/link_view.hpp"

#include <algorithm>

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

// What all accounts of a request have in common.
Connection commonIn(const Json& wanted, const Settings& settings, KeyId key) {
    Connection out;
    out.requester = textMember(wanted, "requester");
    if (out.requester.empty())
        out.requester = settings.config.requester;
    out.notify = addressMember(wanted, "notify");
    out.recipient = addressMember(wanted, "recipient_email");
    out.remind = remindersOf(wanted);
    if (!out.recipient.empty() && !settings.config.mail)
        throw badRequest("there is no [mail] in grantlink.toml, so no mail can be sent",
                         "recipient_email");
    if (!out.remind.empty() && out.recipient.empty())
        throw badRequest("remind needs a recipient_email", "remind");
    out.brand = brandOf(wanted, settings.config);
    out.language = languageOf(wanted);
    out.message = messageOf(wanted);
    if (const Json trace = wanted["trace"]; !trace.isNull() && !trace.isBoolean())
        throw badRequest("trace must be true or false", "trace");
    out.created = out.updated = out.linkMade = nowMs();
    out.linkKey = key;
    out.linkExpires = out.linkMade + inMs(lifetimeOf(wanted, settings.config));
    return out;
}

} // namespace

std::vector<Connection> connectionsIn(const Json& wanted, const Settings& settings, KeyId key) {
    refuseUnknownMembers(wanted);
    const bool listed = !wanted["accounts"].isNull();
    const std::vector<Json> accounts = listed ? accountsOf(wanted) : std::vector<Json>{wanted};
    std::vector<Connection> out(accounts.size());
    for (std::size_t i = 0; i < accounts.size(); ++i)
        setAccount(out[i], accounts[i], settings,
                   listed ? "accounts[" + std::to_string(i) + "]" : "");
    refuseTwice(out);
    const Connection common = commonIn(wanted, settings, key);
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

} // namespace grantlink
