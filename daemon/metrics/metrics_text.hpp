// All that GET /metrics of the admin API answers, as text.
#pragma once

#include "daemon/metrics/metrics.hpp"
#include "daemon/vault/vault.hpp"

#include <string>

namespace grantlink {

std::string metricsText(const Metrics& metrics, const VaultCounts& counts,
                        const VaultFigures& vault, std::size_t spooled, TimeMs now);

} // namespace grantlink
