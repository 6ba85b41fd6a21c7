#include "daemon/vault/vault_report.hpp"

namespace grantlink {

Json toJson(const VaultReport& report) {
    const auto number = [](std::size_t n) { return Json(static_cast<std::int64_t>(n)); };
    Json faults = Json::array();
    for (const VaultFault& fault : report.faults)
        faults.push(
            Json::object().set("table", fault.table).set("key", fault.key).set("what", fault.what));
    return Json::object()
        .set("checked", Json::object()
                            .set("connections", number(report.connections))
                            .set("tokens", number(report.tokens))
                            .set("attempts", number(report.attempts))
                            .set("notifications", number(report.notifications))
                            .set("tasks", number(report.tasks)))
        .set("wrong", number(report.wrong))
        .set("faults", faults);
}

} // namespace grantlink
