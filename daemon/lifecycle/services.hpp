// What the parts that look after connections need; all of it outlives them.
#pragma once

#include "daemon/links/publisher.hpp"
#include "daemon/metrics/metrics.hpp"
#include "daemon/net/stop_signal.hpp"
#include "daemon/oauth/request_traces.hpp"
#include "daemon/settings.hpp"
#include "daemon/vault/vault.hpp"
#include "shared/keyring.hpp"

#include <functional>
#include <memory>

namespace grantlink {

struct LifecycleServices {
    Vault& vault;
    LinkPublisher& links;
    RequestTraces& requests;
    const CurrentSettings& settings;
    std::shared_ptr<const MasterKeyring> masterKeys;
    Metrics& metrics;
    StopSignal& stop;
    std::function<void()> notificationQueued;
};

} // namespace grantlink
