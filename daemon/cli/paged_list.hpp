// Lists of the admin API that come in pages.
#pragma once

#include "daemon/cli/admin_client.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace grantlink {

struct PagedList {
    std::vector<Json> rows;
    std::string next; // what to go on after; empty when this is all
    std::string body; // the API's JSON: its very words when it took one page
};

// Up to `limit` members of the list `member`, from as many pages of `path` as it takes; 0: all.
PagedList fetchPages(const AdminClient& daemon, const std::string& path, const char* member,
                     const AdminClient::Query& query, std::size_t limit);

} // namespace grantlink
