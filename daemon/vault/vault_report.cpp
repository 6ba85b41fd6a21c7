#include "daemon/vault/vault_report.hpp"

namespace grantlink {

Json toJson(const VaultReport& report) {
    Json faults = Json::array();
    for (const VaultFault& fault : report.faults)
        faults.push(
            Json::object().set("table", fault.table).set("key", fault.key).set("what", fault.what));
    return Json::object()
        .set("checked", Json::object()
                            .set("connections", report.connections)
                            .set("tokens", report.tokens)
                            .set("attempts", report.attempts)
                            .set("notifications", report.notifications)
                            .set("tasks", report.tasks)
                            .set("copies", report.copies))
        .set("wrong", report.wrong)
        .set("faults", faults);
}

} // namespace grantlink
