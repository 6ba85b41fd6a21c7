// The commands that only look.
#include "daemon/cli/commands.hpp"

#include "daemon/cli/connections.hpp"
#include "daemon/cli/output.hpp"
#include "daemon/cli/relative_time.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/text/printable.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace grantlink {

namespace {

// Of a whole row: what is not usable yet, or not any more, steps back.
Style rowStyle(const std::string& status) {
    if (status == "pending")
        return Style::dim;
    return status == "revoked" ? Style::grey : Style::plain;
}

Style statusStyle(const std::string& status) {
    if (status == "active" || status == "ok")
        return Style::green;
    return status == "broken" ? Style::red : rowStyle(status);
}

std::string words(std::string text) {
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

std::string orDash(const std::string& text) {
    return text.empty() ? "–" : text;
}

// "expires in 13 days", "expired 2 days ago"; empty when there is no time.
std::string expiry(const Json& time, TimeMs now) {
    const std::string text = time.str();
    if (text.empty())
        return {};
    const auto when = parseTime(text);
    return (when && *when <= now ? "expired " : "expires ") + relativeTime(text, now);
}

// What runs out next: the link of a connection that waits, the token of one that works.
std::string nextExpiry(const Json& connection, TimeMs now) {
    const std::string status = connection["status"].str();
    const bool active = status == "active";
    if (!active && status != "pending" && status != "broken")
        return {};
    const std::string time =
        (active ? connection["token"]["expires_at"] : connection["link_expires_at"]).str();
    if (time.empty())
        return {};
    const auto when = parseTime(time);
    return fmt::format("{} {}", active ? "token" : "link",
                       when && *when <= now ? "expired" : relativeTime(time, now));
}

// How far the link has come since the last outcome, which was of another one.
std::string lastVisit(const Json& connection, TimeMs now) {
    const std::string outcome = connection["last_outcome_at"].str();
    for (const char* visit : {"started", "opened"})
        if (const std::string when = connection[fmt::format("{}_at", visit)].str(); when > outcome)
            return fmt::format("{}, {}", visit, relativeTime(when, now));
    return {};
}

std::string lastOutcome(const Json& connection, TimeMs now) {
    const std::string outcome = connection["last_outcome"].str();
    const std::string when = connection["last_outcome_at"].str();
    if (std::string visit = lastVisit(connection, now); !visit.empty())
        return visit;
    return when.empty() ? words(outcome) : words(outcome) + ", " + relativeTime(when, now);
}

std::string approverOf(const Json& connection) {
    const Json account = connection["approved_account"];
    if (account.isNull())
        return {};
    const std::string name = account["name"].str();
    const std::string handle = displayHandle(account["handle"].str(), connection["account"].str());
    return fmt::format("{}{} (id {})", handle, name.empty() ? "" : ", " + name,
                       account["id"].text());
}

std::string scopesOf(const Json& token) {
    std::string out;
    for (std::size_t i = 0; i < token["scopes"].size(); ++i)
        out += (i ? ", " : "") + token["scopes"].at(i).str();
    return out;
}

// "with @nike at facebook, @nike at youtube".
std::string withSharers(const Session& session, const Json& connection) {
    std::string out;
    for (const Json& other : sharersOf(session.daemon, connection))
        out += (out.empty() ? "with " : ", ") + describe(other);
    return out;
}

std::string joinCounts(const Json& counts) {
    std::string out;
    for (const std::string& status : counts.keys())
        out += fmt::format("{}{} {}", out.empty() ? "" : ", ", counts[status].integer(), status);
    return out.empty() ? "none" : out;
}

// What to do next about it, if anything.
std::string hintFor(const Json& connection) {
    const std::string id = connection["id"].str();
    const std::string status = connection["status"].str();
    if (status == "pending")
        return fmt::format("\nThe link to send: grantlink link {}", id);
    if (status == "broken")
        return fmt::format("\nIt needs a new approval: grantlink regenerate {}", id);
    return {};
}

} // namespace

void listCommand(const Session& session, const ListOptions& options, std::size_t limit) {
    const PagedList list = fetchConnections(
        session.daemon,
        {{"status", options.status}, {"provider", options.provider}, {"account", options.account}},
        limit);
    if (session.json) {
        print(list.body);
        return;
    }
    if (list.rows.empty()) {
        const bool filtered =
            !(options.status.empty() && options.provider.empty() && options.account.empty());
        advise(filtered ? "No connection matches."
                        : "No connections yet. Ask for one: grantlink request PROVIDER @handle");
        return;
    }

    Table table({{"ID"},
                 {"STATUS"},
                 {"PROVIDER", true},
                 {"ACCOUNT", true},
                 {"REQUESTED", false, true},
                 {"EXPIRES"},
                 {"LAST OUTCOME", true}});
    const TimeMs now = nowMs();
    const std::vector<std::string> ids = shortIds(list.rows);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const Json& connection = list.rows[i];
        const std::string status = connection["status"].str();
        const Style row = rowStyle(status);
        table.add({{ids[i], row},
                   {status, statusStyle(status)},
                   {connection["provider"].str(), row},
                   {accountOf(connection), row},
                   {relativeTime(connection["created_at"].str(), now), row},
                   {orDash(nextExpiry(connection, now)), row},
                   {orDash(lastOutcome(connection, now)), row}});
    }
    print(table.render(session.out));
    if (!list.next.empty())
        fmt::print(stderr, "There are more: --all shows them.\n");
}

void showCommand(const Session& session, const std::string& name) {
    const ApiReply reply =
        session.daemon.get("/v1/connections/" + connectionId(session.daemon, name));
    if (session.json) {
        print(reply.body);
        return;
    }
    const Json& it = reply.json;
    const TimeMs now = nowMs();
    const std::string status = it["status"].str();
    const Json token = it["token"];

    Table table({{}, {}});
    const auto row = [&](const char* label, const std::string& text, Style style = Style::plain) {
        if (!text.empty())
            table.add({{label, Style::dim}, {text, style}});
    };
    row("Connection", it["id"].str());
    row("Status", status, statusStyle(status));
    row("Provider", it["provider"].str());
    row("Account", accountOf(it));
    row("Approved by", approverOf(it));
    row("Requested by", it["requester"].str());
    row("Brand", it["brand"].str());
    row("Language", it["language"].str());
    row("Notify", it["notify"].str());
    row("Link mailed to", it["recipient_email"].str());
    row("Message", it["message"].str());
    row("Shares its link", withSharers(session, it));
    row("Requested", relativeTime(it["created_at"].str(), now));
    row("Changed", relativeTime(it["updated_at"].str(), now));
    if (status == "pending" || status == "broken")
        row("Link", fmt::format("no. {}, {}", it["generation"].integer(),
                                expiry(it["link_expires_at"], now)));
    if (!token.isNull()) {
        const std::string ends = expiry(token["expires_at"], now);
        row("Token", ends.empty() ? "expiry not known" : ends);
        row("Scopes", scopesOf(token));
    }
    row("Last outcome", lastOutcome(it, now));
    print(table.render(session.out));
    const std::string hint = hintFor(it);
    if (!hint.empty())
        advise(hint);
}

void statusCommand(const Session& session) {
    const ApiReply reply = session.daemon.get("/healthz");
    if (session.json) {
        print(reply.body);
        return;
    }
    const std::string status = reply.json["status"].str();
    Table table({{}, {}});
    const auto row = [&](const char* label, const std::string& text, Style style = Style::plain) {
        table.add({{label, Style::dim}, {text, style}});
    };
    row("Daemon", status == "ok" ? "running" : status, statusStyle(status));
    row("Version", reply.json["version"].str());
    row("Socket", session.daemon.socket());
    row("Connections", joinCounts(reply.json["connections"]));
    row("Approvals",
        fmt::format("{} waiting to be dealt with", reply.json["spool"]["approvals"].integer()));
    row("Notifications",
        fmt::format("{} waiting to be sent, {} given up", reply.json["outbox"]["waiting"].integer(),
                    reply.json["outbox"]["dead"].integer()));
    print(table.render(session.out));
}

void providersCommand(const Session& session) {
    const ApiReply reply = session.daemon.get("/v1/providers");
    if (session.json) {
        print(reply.body);
        return;
    }
    const Json providers = reply.json["providers"];
    if (providers.size() == 0) {
        advise("No provider is set up. Add a [providers.NAME] to grantlink.toml.");
        return;
    }
    Table table({{"PROVIDER"}, {"NAME"}, {"REDIRECT URI"}});
    for (std::size_t i = 0; i < providers.size(); ++i) {
        const Json provider = providers.at(i);
        table.add(
            {{provider["id"].str()}, {provider["name"].str()}, {provider["redirect_uri"].str()}});
    }
    print(table.render(session.out));
    advise("\nRegister the redirect URI at the provider, character by character.");
}

} // namespace grantlink
