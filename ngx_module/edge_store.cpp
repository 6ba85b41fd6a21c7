#include "ngx_module/edge_store.hpp"

#include "ngx_module/conf.hpp"
#include "ngx_module/worker_heap.hpp"

#include <map>

namespace grantlink {

namespace {

constexpr ngx_msec_t restAfter = 3000; // ms; after a storm's end is known

// Process-wide on purpose: LMDB forbids opening an environment twice in a process, and with
// `master_process off` one process lives through many configurations.
std::map<std::string, std::unique_ptr<EdgeStore>, std::less<>>& stores() {
    static std::map<std::string, std::unique_ptr<EdgeStore>, std::less<>> all;
    return all;
}

} // namespace

EdgeStore& EdgeStore::of(ngx_http_request_t* r) {
    LocationConf& conf = locationConf(r);
    if (!conf.edge)
        conf.edge = &at(view(conf.store));
    return *conf.edge;
}

// Null while they are not open, or no request has come to this location yet.
const LinkReader* EdgeStore::openLinksOf(ngx_http_request_t* r) {
    const EdgeStore* edge = locationConf(r).edge;
    return edge ? edge->links_.get() : nullptr;
}

void EdgeStore::prefetchSlot(ngx_http_request_t* r, const LinkLocator& link) {
    if (const LinkReader* links = openLinksOf(r))
        links->prefetchSlot(link);
}

void EdgeStore::prefetchEntry(ngx_http_request_t* r, const LinkLocator& link) {
    if (const LinkReader* links = openLinksOf(r))
        links->prefetchEntry(link);
}

EdgeStore& EdgeStore::at(std::string_view path) {
    auto found = stores().find(path);
    if (found == stores().end())
        found = stores().emplace(path, std::make_unique<EdgeStore>(std::string(path))).first;
    return *found->second;
}

void EdgeStore::visited(ngx_http_request_t* r, Visit visit) {
    visit.time = loopTimeMs();
    of(r).line_.visited(view(locationConf(r).wakeSocket), visit);
}

void EdgeStore::leave() noexcept {
    for (auto& [path, store] : stores())
        store->line_.tellVisits();
}

LinkReader* EdgeStore::links(ngx_log_t* log) {
    refresh(log);
    if (links_)
        now_.hold(*links_);
    return links_.get();
}

LinkReader* EdgeStore::linksOfNow(ngx_log_t* log) {
    now_.letGo();
    return links(log);
}

std::shared_ptr<Spool> EdgeStore::spool(ngx_log_t* log) {
    refresh(log);
    return spool_;
}

// Once a second: opens what is not open, and lets go of files that were deleted or replaced.
void EdgeStore::refresh(ngx_log_t* log) {
    if (checked_ == ngx_time())
        return;
    checked_ = ngx_time();
    if (writer_.stormHasEnded())
        giveMemoryBack();
    restTimer().start(restAfter);
    try {
        if (links_ && !links_->isCurrent()) {
            now_.letGo();
            links_.reset();
        }
        if (!links_)
            links_ = std::make_unique<LinkReader>(path_);
        if (spool_ && spool_.use_count() == 1 && !spool_->isCurrent())
            spool_.reset(); // not while a batch is being written to it
        if (!spool_)
            spool_ = std::make_shared<Spool>(path_, Spool::Access::opens);
    } catch (const std::exception& error) {
        ngx_log_error(NGX_LOG_ERR, log, 0, "grantlink: the edge store cannot be used: %s",
                      error.what());
    }
}

// LMDB keeps the pages of its largest transaction while the environment is open, and glibc the heap
// of hundreds of requests that waited together. The spool is opened again by whoever asks for it.
void EdgeStore::giveMemoryBack() noexcept {
    if (spool_.use_count() == 1)
        spool_.reset();
    giveHeapBack();
}

LoopTimer& EdgeStore::restTimer() {
    static LoopTimer timer(LoopTimer::Keeps::nobody, [](void*) noexcept { rest(); });
    return timer;
}

// No request, also none that waits for an outcome, has looked into a store for a while.
void EdgeStore::rest() noexcept {
    for (auto& [path, store] : stores()) {
        if (store->writer_.stormHasEnded())
            store->giveMemoryBack();
        if (store->writer_.isStormy()) // a slow disk, or clients that went away
            restTimer().start(restAfter);
    }
    giveLargeHeapBack();
}

TimeMs loopTimeMs() {
    const ngx_time_t* now = ngx_timeofday();
    return static_cast<TimeMs>(now->sec) * 1000 + now->msec;
}

} // namespace grantlink
