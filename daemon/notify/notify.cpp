#include "daemon/notify/notify.hpp"

namespace grantlink {

bool notify(VaultWriter& vault, Notice about, const Connection& connection,
            const std::optional<ApprovedAccount>& approved, const Settings& settings) {
    if (!settings.config.mail || connection.notify.empty())
        return false;
    const Provider* provider = settings.provider(connection.provider);
    const auto display = [&](const std::string& handle) {
        return provider ? provider->display(handle) : handle;
    };
    Notification out;
    out.id = Uuid::v7();
    out.about = about;
    out.connection = connection.id;
    out.to = connection.notify;
    out.provider = provider ? provider->preset().name : connection.provider;
    out.account = display(connection.account);
    out.approved = approved ? display(approved->handle) : "";
    out.requester = connection.requester;
    out.reason = about == Notice::broken ? connection.trouble : "";
    out.when = nowMs();
    vault.putNotification(out, out.when);
    return true;
}

} // namespace grantlink
