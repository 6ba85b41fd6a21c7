// The audit trail as it grows.
#include "daemon/cli/commands.hpp"

#include "daemon/cli/connections.hpp"
#include "daemon/cli/event_source.hpp"
#include "daemon/cli/event_text.hpp"
#include "daemon/cli/failure.hpp"
#include "daemon/cli/output.hpp"
#include "daemon/text/printable.hpp"

#include <fmt/format.h>

#include <chrono>
#include <thread>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr auto pause = 1s; // before the daemon is asked again

std::string lineOf(const Json& event) {
    const std::string detail = printable(event["detail"].str());
    return fmt::format("{}  {}  {:<16}  {}{}{}", event["at"].str(), event["connection"].str(),
                       eventName(event), actorText(event), detail.empty() ? "" : "  ", detail);
}

// A daemon that is not there after it was is being restarted, or will be.
bool comesBack(const CommandFailure& failure, bool wasThere) {
    return wasThere &&
           (failure.code() == ExitCode::unreachable || failure.code() == ExitCode::daemonError);
}

} // namespace

void watchCommand(const Session& session, const WatchOptions& options) {
    const std::string id = options.name.empty() ? "" : connectionId(session.daemon, options.name);
    EventSource source(
        [&](const std::string& data) { print(session.json ? data : lineOf(Json::parse(data))); });
    bool wasThere = false, told = false;
    for (std::string after = options.after;;) {
        try {
            source.begin();
            session.daemon.stream("/v1/events", {{"connection", id}, {"after", after}},
                                  [&](std::string_view bytes) {
                                      wasThere = true;
                                      told = false;
                                      source.receive(bytes);
                                  });
        } catch (const CommandFailure& failure) {
            if (!comesBack(failure, wasThere))
                throw;
            if (!std::exchange(told, true))
                fmt::print(stderr, "The daemon is gone; waiting for it.\n");
        }
        if (!source.lastId().empty())
            after = source.lastId();
        std::this_thread::sleep_for(pause);
    }
}

} // namespace grantlink
