// What vault and configuration make of the edge's records: pure functions, no store.
#pragma once

#include "daemon/settings.hpp"
#include "daemon/vault/connection.hpp"
#include "shared/keys.hpp"
#include "shared/link_store.hpp"

#include <vector>

namespace grantlink {

// The links of connections that share one, or of one that has its own: the newest, and as
// `replaced` those before it, as far as they are kept.
std::vector<LinkWriter::Entry> entriesOf(const std::vector<Connection>& sharers,
                                         const Settings& settings, const MasterKeys& keys);

// What many links share: site, providers, brands and their logos.
LinkWriter::Surroundings surroundingsOf(const Settings& settings);

} // namespace grantlink
