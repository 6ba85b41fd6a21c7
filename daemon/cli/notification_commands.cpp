// The commands for mails and webhooks that did not get through.
#include "daemon/cli/commands.hpp"

#include "daemon/cli/connections.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/output.hpp"
#include "daemon/cli/relative_time.hpp"
#include "daemon/cli/table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace grantlink {

namespace {

const std::string path = "/v1/notifications";

struct NotificationList {
    std::vector<Json> notifications;
    Json all = Json::array(); // the same, as the API has them
};

NotificationList fetch(const AdminClient& daemon, const std::string& state) {
    NotificationList out;
    std::string next;
    do {
        const Json page =
            daemon.get(path, {{"state", state}, {"limit", "500"}, {"after", next}}).json;
        for (std::size_t i = 0; i < page["notifications"].size(); ++i) {
            out.notifications.push_back(page["notifications"].at(i));
            out.all.push(out.notifications.back());
        }
        next = page["next"].str();
    } while (!next.empty());
    return out;
}

// The dead ones that are meant: all, or the one whose id begins like that.
std::vector<Json> chosen(const Session& session, const NotificationOptions& options) {
    if (options.all == !options.id.empty())
        throw CommandFailure(ExitCode::usage, "name one notification by its id, or --all");
    std::vector<Json> out = fetch(session.daemon, "dead").notifications;
    if (options.all)
        return out;
    std::erase_if(out, [&](const Json& it) { return !it["id"].str().starts_with(options.id); });
    if (out.size() != 1)
        throw CommandFailure(
            out.empty() ? ExitCode::refused : ExitCode::usage,
            fmt::format("{} dead notification begins with “{}”; “grantlink notifications” lists "
                        "them",
                        out.empty() ? "no" : "more than one", options.id));
    return out;
}

void report(const Session& session, const std::vector<Json>& answers, std::string_view what) {
    if (!session.json) {
        advise(fmt::format("{} {}.", answers.size(),
                           answers.size() == 1 ? fmt::format("notification {}", what)
                                               : fmt::format("notifications {}", what)));
        return;
    }
    Json list = Json::array();
    for (const Json& answer : answers)
        list.push(answer);
    print(Json::object().set("notifications", list).dump());
}

} // namespace

void notificationsCommand(const Session& session, const NotificationOptions& options) {
    const NotificationList list = fetch(session.daemon, options.state);
    if (session.json) {
        print(Json::object().set("notifications", list.all).set("next", Json()).dump());
        return;
    }
    if (list.notifications.empty()) {
        advise(options.state == "dead" ? "No notification was given up."
                                       : "No notification waits to be sent.");
        return;
    }
    const bool dead = options.state == "dead";
    Table table({{"ID"},
                 {"ABOUT"},
                 {"TO", true},
                 {"HAPPENED", false, true},
                 {dead ? "GIVEN UP" : "NEXT TRY"},
                 {"TRIES", false, true},
                 {"FAULT", true}});
    const TimeMs now = nowMs();
    const std::vector<std::string> ids = shortIds(list.notifications);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const Json& it = list.notifications[i];
        table.add({{ids[i]},
                   {it["about"].str()},
                   {fmt::format("{} {}", it["kind"].str(), it["to"].str())},
                   {relativeTime(it["happened_at"].str(), now)},
                   {relativeTime(it[dead ? "given_up_at" : "due_at"].str(), now)},
                   {it["tries"].text()},
                   {it["fault"].str()}});
    }
    print(table.render(session.out));
    if (dead)
        advise("\nOnce the cause is gone: grantlink notifications replay ID, or --all");
}

void replayCommand(const Session& session, const NotificationOptions& options) {
    std::vector<Json> answers;
    for (const Json& it : chosen(session, options))
        answers.push_back(
            session.daemon.post(fmt::format("{}/{}/replay", path, it["id"].str())).json);
    report(session, answers, "sent again");
}

void deleteNotificationsCommand(const Session& session, const NotificationOptions& options) {
    std::vector<Json> answers;
    for (const Json& it : chosen(session, options))
        answers.push_back(session.daemon.remove(fmt::format("{}/{}", path, it["id"].str())).json);
    report(session, answers, "deleted");
}

} // namespace grantlink
