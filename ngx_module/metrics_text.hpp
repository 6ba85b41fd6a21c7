// All that grantlink_metrics answers, as text. Knows no nginx.
#pragma once

#include "ngx_module/counters.hpp"
#include "shared/store_usage.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace grantlink {

struct StoreSample {
    std::string_view path;           // grantlink_store
    std::string_view store;          // "links" or "spool"
    std::optional<StoreUsage> usage; // nothing: it cannot be opened or read now
};

std::string metricsText(const Counts& counts, const Levels& levels,
                        std::span<const StoreSample> stores);

} // namespace grantlink
