// The audit trail as the admin API shows it.
//
// Errors: a Problem for whatever the caller did wrong. Thread: the loop's.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/vault/vault.hpp"

#include <string>
#include <utility>
#include <vector>

namespace grantlink {

class EventsApi {
  public:
    explicit EventsApi(const Vault& vault) : vault_(vault) {}

    // A page of a connection's events, newest first.
    Json list(const Uuid& connection,
              const std::vector<std::pair<std::string, std::string>>& query) const;

  private:
    const Vault& vault_;
};

Json represent(const Event& event);
std::optional<std::uint64_t> eventNumber(const std::string& text); // nothing: it is none

} // namespace grantlink
