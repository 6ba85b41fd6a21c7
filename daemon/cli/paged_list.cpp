#include "daemon/cli/paged_list.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t pageSize = 100;

Json numberOrText(const Json& next) {
    return next.text().empty() ? Json() : next;
}

} // namespace

PagedList fetchPages(const AdminClient& daemon, const std::string& path, const char* member,
                     const AdminClient::Query& query, std::size_t limit) {
    PagedList out;
    for (int pages = 1;; ++pages) {
        const std::size_t have = out.rows.size();
        const std::size_t wanted = limit == 0 ? pageSize : std::min(pageSize, limit - have);
        AdminClient::Query page = query;
        page.emplace_back("limit", std::to_string(wanted));
        page.emplace_back("after", out.next);
        const ApiReply reply = daemon.get(path, page);

        const Json rows = reply.json[member];
        for (std::size_t i = 0; i < rows.size(); ++i)
            out.rows.push_back(rows.at(i));
        // A page without rows that promises more would be asked for for ever.
        const Json next = rows.size() > 0 ? numberOrText(reply.json["next"]) : Json();
        out.next = next.text();
        if (!out.next.empty() && (limit == 0 || out.rows.size() < limit))
            continue;

        if (pages == 1) {
            out.body = reply.body;
            return out;
        }
        Json all = Json::array();
        for (const Json& row : out.rows)
            all.push(row);
        out.body = Json::object().set(member, all).set("next", next).dump();
        return out;
    }
}

} // namespace grantlink
