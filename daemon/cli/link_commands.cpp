// The commands that make, show and end approval links.
#include "daemon/cli/commands.hpp"

#include "daemon/cli/connections.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/output.hpp"
#include "daemon/cli/qr.hpp"
#include "daemon/cli/relative_time.hpp"
#include "daemon/text/printable.hpp"

#include <fmt/format.h>

namespace grantlink {

namespace {

// A note for below a link.
std::string expiryNote(const Json& expiry) {
    return fmt::format("\nIt expires {}.", relativeTime(expiry.str(), nowMs()));
}

CommandFailure noPairs(const std::string& what) {
    return {ExitCode::usage, what + "; give a provider and an account for each, such as "
                                    "“grantlink request instagram @nike facebook @nike”"};
}

// Provider, account, provider, account…
Json accountsIn(const RequestOptions& options) {
    std::vector<std::string> words{options.provider, options.account};
    words.insert(words.end(), options.more.begin(), options.more.end());
    Json out = Json::array();
    for (std::size_t i = 0; i < words.size(); i += 2) {
        if (words[i].starts_with('@'))
            throw noPairs(fmt::format("“{}” stands where a provider should", printable(words[i])));
        if (i + 1 == words.size())
            throw noPairs(fmt::format("“{}” has no account behind it", printable(words[i])));
        out.push(Json::object().set("provider", words[i]).set("account", words[i + 1]));
    }
    return out;
}

ApiReply create(const Session& session, const RequestOptions& options) {
    Json body = Json::object();
    const bool several = !options.more.empty();
    if (several)
        body.set("accounts", accountsIn(options));
    else
        body.set("provider", options.provider);
    const std::string account = several ? "" : options.account;
    const std::pair<const char*, const std::string&> optional[] = {
        {"account", account},
        {"notify", options.notify},
        {"requester", options.requester},
        {"brand", options.brand},
        {"message", options.message},
        {"language", options.language},
        {"link_lifetime", options.expires},
        {"recipient_email", options.email},
    };
    for (const auto& [name, value] : optional)
        if (!value.empty())
            body.set(name, value);
    Json remind = Json::array();
    for (const std::string& after : options.remind)
        remind.push(after);
    if (remind.size() > 0)
        body.set("remind", remind);
    return session.daemon.post("/v1/connections", body);
}

void printLink(const Session& session, const ApiReply& reply) {
    print(session.json ? reply.body : printable(reply.json["link"].str(), 4000));
}

// Of a request for several accounts its connections, else the one.
std::vector<Json> connectionsIn(const Json& made) {
    const Json list = made["connections"];
    if (!list.isArray())
        return {made};
    std::vector<Json> out;
    for (std::size_t i = 0; i < list.size(); ++i)
        out.push_back(list.at(i));
    return out;
}

// "@nike at instagram, @adidas at facebook and @puma at youtube".
std::string describeAll(const std::vector<Json>& connections) {
    std::string out;
    for (std::size_t i = 0; i < connections.size(); ++i) {
        const bool last = i + 1 == connections.size();
        out += (i == 0 ? "" : last ? " and " : ", ") + describe(connections[i]);
    }
    return out;
}

Json load(const Session& session, const std::string& id) {
    return session.daemon.get("/v1/connections/" + id).json;
}

// The connection, and those that wait for the same link.
std::vector<Json> withSharers(const Session& session, const Json& connection) {
    std::vector<Json> out{connection};
    for (const Json& other : sharersOf(session.daemon, connection)) {
        const std::string status = other["status"].str();
        if (status == "pending" || status == "broken")
            out.push_back(other);
    }
    return out;
}

} // namespace

void requestCommand(const Session& session, const RequestOptions& options) {
    const ApiReply reply = create(session, options);
    const std::vector<Json> made = connectionsIn(reply.json);
    if (options.email.empty())
        advise(fmt::format("Send this link to whoever holds {}:\n", describeAll(made)));
    else
        advise(fmt::format("This link for {} is on its way to {}:\n", describeAll(made),
                           printable(options.email)));
    printLink(session, reply);
    std::string note = expiryNote(reply.json["link_expires_at"]);
    note += made.size() > 1 ? " The connections are pending until each is approved:"
                            : " The connection is pending until they approve:";
    for (const Json& connection : made)
        note += "\n  grantlink show " + connection["id"].str();
    advise(note);
}

void loginCommand(const Session& session, const RequestOptions& options) {
    const ApiReply reply = create(session, options);
    advise(fmt::format("Open this now, and sign in with {}:\n", describe(reply.json)));
    printLink(session, reply);
    advise(fmt::format("\nThen see that it is connected:\n  grantlink show {}",
                       reply.json["id"].str()));
}

void linkCommand(const Session& session, const std::string& name, bool asQr) {
    const ApiReply reply =
        session.daemon.get("/v1/connections/" + connectionId(session.daemon, name) + "/link");
    if (asQr && !session.json)
        print(qrCode(reply.json["link"].str(), session.out));
    printLink(session, reply);
    advise(expiryNote(reply.json["expires_at"]));
}

void regenerateCommand(const Session& session, const std::string& name, bool confirmed) {
    const std::string id = connectionId(session.daemon, name);
    if (!confirmed)
        confirm(fmt::format("{}: the link that is out now stops working at once, also for "
                            "somebody who has it open",
                            describeAll(withSharers(session, load(session, id)))),
                "Make a new link?");
    const ApiReply reply = session.daemon.post("/v1/connections/" + id + "/regenerate");
    advise(fmt::format("The old link is dead. Send this one for {}:\n",
                       describeAll(withSharers(session, reply.json))));
    printLink(session, reply);
    advise(expiryNote(reply.json["link_expires_at"]));
}

void cancelCommand(const Session& session, const std::string& name, bool confirmed) {
    const std::string id = connectionId(session.daemon, name);
    const std::vector<Json> all = withSharers(session, load(session, id));
    if (!confirmed && all.size() == 1)
        confirm(fmt::format("{} is revoked and its link stops working at once; only a new request "
                            "brings it back",
                            describe(all.front())),
                "Cancel it?");
    else if (!confirmed)
        confirm(fmt::format("{} are revoked, and the link they share stops working at once; only "
                            "a new request brings them back",
                            describeAll(all)),
                "Cancel them?");
    const ApiReply reply = session.daemon.post("/v1/connections/" + id + "/cancel");
    print(session.json ? reply.body
                       : fmt::format("{} {} {}.", describeAll(all), all.size() > 1 ? "are" : "is",
                                     printable(reply.json["status"].str())));
}

} // namespace grantlink
