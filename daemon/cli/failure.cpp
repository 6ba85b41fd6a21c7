#include "daemon/cli/failure.hpp"

#include "daemon/json/json.hpp"
#include "daemon/text/printable.hpp"

#include <fmt/format.h>

namespace grantlink {

namespace {

// A field of the API as the command line calls it.
std::string argumentOf(const std::string& field) {
    if (field == "provider" || field == "account")
        return field == "provider" ? "PROVIDER" : "ACCOUNT";
    if (field == "notify" || field == "requester")
        return "--" + field;
    if (field == "link_lifetime")
        return "--expires";
    return printable(field);
}

ExitCode codeOf(long status) {
    if (status == 401 || status == 403)
        return ExitCode::notPermitted;
    return status >= 400 && status < 500 ? ExitCode::refused : ExitCode::daemonError;
}

const char* remedyFor(long status, const std::string& field) {
    if (field == "provider")
        return "“grantlink providers” lists those that are set up";
    if (!field.empty())
        return "correct it and try again";
    switch (status) {
    case 401:
    case 403:
        return "ask for an [[admin.grant]] with the role in grantlink.toml, or run it as root";
    case 404:
        return "“grantlink list” shows what there is";
    case 409:
    case 410:
        return "“grantlink show ID” tells its state";
    case 429:
        return "wait a little and try again";
    default:
        break;
    }
    return status < 500 ? "see “grantlink COMMAND --help”"
                        : "the daemon's log says more: journalctl -u grantlinkd";
}

} // namespace

CommandFailure failureOf(long status, const std::string& body, std::string_view path) {
    const Json problem = Json::parse(body);
    const std::string title = printable(problem["title"].str());
    const std::string detail = printable(problem["detail"].str(), 400);
    const std::string field = problem["field"].str();

    std::string what = title.empty() ? fmt::format("the daemon answered {}", status) : title;
    if (!detail.empty())
        what += ": " + detail;
    while (what.ends_with('.'))
        what.pop_back();
    const std::string where = field.empty() ? printable(path) : "in " + argumentOf(field);
    return {codeOf(status), fmt::format("{}; {}; {}", what, where, remedyFor(status, field))};
}

} // namespace grantlink
