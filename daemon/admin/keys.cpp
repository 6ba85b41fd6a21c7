#include "daemon/admin/keys.hpp"

#include "daemon/admin/problem.hpp"
#include "daemon/text/rfc3339.hpp"

#include <map>

namespace grantlink {

namespace {

constexpr std::size_t pageSize = 1000;

std::size_t countOf(const std::map<KeyId, std::size_t>& counts, KeyId id) {
    const auto found = counts.find(id);
    return found == counts.end() ? 0 : found->second;
}

// What waits in the spool, by the keys that it needs.
struct Waiting {
    std::map<KeyId, std::size_t> bySeal, byEdge;
};

Waiting waitingIn(const DaemonSpool& spool) {
    Waiting out;
    Uuid after;
    for (bool more = true; more;) {
        const auto entries = spool.approvals(pageSize, after);
        for (const SpoolEntry& entry : entries) {
            after = entry.attempt;
            if (const auto approval = parseApproval(bytesOf(entry.approval))) {
                ++out.bySeal[approval->sealKey];
                ++out.byEdge[approval->edgeKey];
            }
        }
        more = entries.size() == pageSize;
    }
    return out;
}

Json keyJson(KeyId id, KeyId current, TimeMs made, std::size_t approvals) {
    return Json::object()
        .set("id", static_cast<int>(id))
        .set("current", id == current)
        .set("made_at", made ? Json(rfc3339(made)) : Json())
        .set("approvals", approvals);
}

} // namespace

KeysApi::KeysApi(const Vault& vault, const DaemonSpool& spool,
                 std::shared_ptr<const MasterKeyring> masterKeys,
                 std::shared_ptr<const EdgeKeyring> edgeKeys,
                 std::function<boost::asio::awaitable<void>()> reload)
    : vault_(vault), spool_(spool), masterKeys_(std::move(masterKeys)),
      edgeKeys_(std::move(edgeKeys)), reload_(std::move(reload)) {}

boost::asio::awaitable<Json> KeysApi::list() const {
    const KeyUse use = co_await vault_.keyUse();
    const Waiting waiting = waitingIn(spool_);
    const auto masters = masterKeys_->get();
    const auto edges = edgeKeys_->get();
    Json master = Json::array(), edge = Json::array();
    for (const MasterKey& key : masters->all())
        master.push(
            keyJson(key.id, masters->current().id, key.made, countOf(waiting.bySeal, key.id))
                .set("tokens", countOf(use.tokens, key.id))
                .set("posts", countOf(use.posts, key.id))
                .set("links", countOf(use.links, key.id))
                .set("seals", key.id == edges->sealKey().id));
    for (const EdgeKey& key : edges->all())
        edge.push(keyJson(key.id, edges->current().id, key.made, countOf(waiting.byEdge, key.id)));
    co_return Json::object().set("master", master).set("edge", edge);
}

boost::asio::awaitable<Json> KeysApi::reload() const {
    std::string wrong;
    try {
        co_await reload_();
    } catch (const std::runtime_error& error) {
        wrong = error.what();
    }
    if (!wrong.empty())
        throw conflict(wrong + "; the keys in force stay");
    co_return co_await list();
}

} // namespace grantlink
