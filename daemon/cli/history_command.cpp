// What was done with connections: the audit trail.
#include "daemon/cli/commands.hpp"

#include "daemon/cli/connections.hpp"
#include "daemon/cli/event_text.hpp"
#include "daemon/cli/output.hpp"
#include "daemon/cli/paged_list.hpp"
#include "daemon/cli/table.hpp"

#include <fmt/format.h>

namespace grantlink {

void historyCommand(const Session& session, const std::string& name, std::size_t limit) {
    const std::string id = connectionId(session.daemon, name);
    const PagedList list =
        fetchPages(session.daemon, "/v1/connections/" + id + "/events", "events", {}, limit);
    if (session.json) {
        print(list.body);
        return;
    }
    if (list.rows.empty()) {
        advise("Nothing is recorded of it: it is older than the audit trail, or than "
               "audit_retention.");
        return;
    }
    Table table({{"WHEN"}, {"WHAT"}, {"BY", true}, {"ATTEMPT", true, true}, {"DETAIL", true}});
    for (auto event = list.rows.rbegin(); event != list.rows.rend(); ++event) // the newest last
        table.add({{(*event)["at"].str(), Style::dim},
                   {eventName(*event), eventStyle(*event)},
                   {actorText(*event)},
                   {(*event)["attempt"].str(), Style::dim},
                   {(*event)["detail"].str()}});
    print(table.render(session.out));
    if (!list.next.empty())
        fmt::print(stderr, "There are older ones: --all shows them.\n");
}

} // namespace grantlink
