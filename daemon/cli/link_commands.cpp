// The commands that make, show and end approval links.
#include "daemon/cli/commands.hpp"

#include "daemon/cli/connections.hpp"
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

ApiReply create(const Session& session, const RequestOptions& options) {
    Json body = Json::object();
    body.set("provider", options.provider);
    const std::pair<const char*, const std::string&> optional[] = {
        {"account", options.account},       {"notify", options.notify},
        {"requester", options.requester},   {"brand", options.brand},
        {"language", options.language},     {"link_lifetime", options.expires},
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

Json load(const Session& session, const std::string& id) {
    return session.daemon.get("/v1/connections/" + id).json;
}

} // namespace

void requestCommand(const Session& session, const RequestOptions& options) {
    const ApiReply reply = create(session, options);
    if (options.email.empty())
        advise(fmt::format("Send this link to whoever holds {}:\n", describe(reply.json)));
    else
        advise(fmt::format("This link for {} is on its way to {}:\n", describe(reply.json),
                           printable(options.email)));
    printLink(session, reply);
    advise(fmt::format("{} The connection is pending until they approve:\n  grantlink show {}",
                       expiryNote(reply.json["link_expires_at"]), reply.json["id"].str()));
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
                            describe(load(session, id))),
                "Make a new link?");
    const ApiReply reply = session.daemon.post("/v1/connections/" + id + "/regenerate");
    advise(fmt::format("The old link is dead. Send this one for {}:\n", describe(reply.json)));
    printLink(session, reply);
    advise(expiryNote(reply.json["link_expires_at"]));
}

void cancelCommand(const Session& session, const std::string& name, bool confirmed) {
    const std::string id = connectionId(session.daemon, name);
    if (!confirmed)
        confirm(fmt::format("{} is revoked and its link stops working at once; only a new request "
                            "brings it back",
                            describe(load(session, id))),
                "Cancel it?");
    const ApiReply reply = session.daemon.post("/v1/connections/" + id + "/cancel");
    print(session.json ? reply.body
                       : fmt::format("{} is {}.", describe(reply.json),
                                     printable(reply.json["status"].str())));
}

} // namespace grantlink
