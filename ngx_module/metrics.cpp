#include "ngx_module/metrics.hpp"

#include "ngx_module/conf.hpp"
#include "ngx_module/request_context.hpp"

#include <cerrno>
#include <csignal>

namespace grantlink {

namespace {

// One for each place in nginx's table of processes. Two processes are never in one place at the
// same time, also while the workers of an old configuration finish beside those of the new one. A
// process that takes the place of one that has gone counts on from where that stopped.
struct alignas(64) WorkerBlock {
    std::atomic<ngx_pid_t> pid{0}; // whose levels these are
    Levels levels;
    Counts counts;
};

struct Zone {
    std::atomic<std::size_t> used{0}; // blocks from here on have never been used
    WorkerBlock blocks[NGX_MAX_PROCESSES];
};

// With a colon in it, no zone that a directive declares can have the same name.
char zoneName[] = "grantlink:metrics";

// The slab pool in front of it needs a header and 24 bytes a page. Only pages that are used take
// memory: less than one for each worker.
constexpr std::size_t zoneSize = sizeof(Zone) + sizeof(Zone) / 64 + (64 << 10);

Zone* zone = nullptr; // of this process's cycle
WorkerBlock* mine = nullptr;
Zone* mineIn = nullptr; // the zone that `mine` is part of

void raiseUsed(std::size_t to) {
    std::size_t now = zone->used.load(std::memory_order_relaxed);
    while (now < to && !zone->used.compare_exchange_weak(now, to, std::memory_order_release,
                                                         std::memory_order_relaxed))
        ;
}

void takeBlock() {
    const std::size_t index = static_cast<std::size_t>(ngx_process_slot);
    mine = &zone->blocks[index];
    mineIn = zone;
    mine->levels.reset(); // what a killed worker left behind
    mine->pid.store(ngx_pid, std::memory_order_relaxed);
    raiseUsed(index + 1);
}

// With `master_process off` the zone can be another one after a reload.
WorkerBlock* ownBlock() {
    if (!zone)
        return nullptr;
    if (mineIn != zone)
        takeBlock();
    return mine;
}

// Another worker, or what a worker left when it was killed and nobody took its place since.
bool isAlive(const WorkerBlock& other) {
    const ngx_pid_t pid = other.pid.load(std::memory_order_relaxed);
    return pid == ngx_pid || (pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM));
}

// nginx calls it for each new cycle; `data` is that of the cycle before, whose memory it keeps.
ngx_int_t initZone(ngx_shm_zone_t* shared, void* data) noexcept {
    if (data) {
        shared->data = data;
        return NGX_OK;
    }
    auto* pool = reinterpret_cast<ngx_slab_pool_t*>(shared->shm.addr);
    void* memory = ngx_slab_alloc(pool, sizeof(Zone));
    if (!memory)
        return NGX_ERROR;
#if (NGX_DEBUG_MALLOC)
    ngx_memzero(memory, sizeof(Zone));
#endif
    // New shared memory is zero, which is where every counter starts; writing zeros would take up
    // all of its pages.
    shared->data = memory;
    return NGX_OK;
}

} // namespace

void countRequest(ngx_http_request_t* r) noexcept {
    if (r != r->main)
        return;
    if (const RequestContext* context = lastContextOf(r))
        if (WorkerBlock* own = ownBlock())
            own->counts.countRequest(context->route, context->outcome);
}

void countApproval(WriteResult result) noexcept {
    if (WorkerBlock* own = ownBlock())
        own->counts.countApproval(result);
}

void approvalQueued() noexcept {
    if (WorkerBlock* own = ownBlock())
        own->levels.queued.add();
}

void approvalsAnswered(std::size_t n) noexcept {
    if (WorkerBlock* own = ownBlock())
        own->levels.queued.subtract(n);
}

void batchCommitted(std::size_t approvals, std::chrono::nanoseconds took) noexcept {
    if (WorkerBlock* own = ownBlock()) {
        own->counts.batchSize.observe(approvals);
        own->counts.commitTime.observe(static_cast<std::uint64_t>(took.count()));
    }
}

void longPollsBegan(std::size_t n) noexcept {
    if (WorkerBlock* own = ownBlock())
        own->levels.longPolls.add(n);
}

void longPollsEnded(std::size_t n) noexcept {
    if (WorkerBlock* own = ownBlock())
        own->levels.longPolls.subtract(n);
}

std::unique_ptr<Metrics> readMetrics() {
    auto out = std::make_unique<Metrics>();
    const std::size_t used = zone ? zone->used.load(std::memory_order_acquire) : 0;
    for (std::size_t i = 0; i < used; ++i) {
        const WorkerBlock& one = zone->blocks[i];
        one.counts.addTo(out->counts);
        if (isAlive(one))
            one.levels.addTo(out->levels);
    }
    return out;
}

ngx_int_t addMetricsZone(ngx_conf_t* cf) noexcept {
    MainConf& conf = mainConfOf(cf);
    ngx_str_t name{sizeof zoneName - 1, reinterpret_cast<u_char*>(zoneName)};
    conf.metrics = ngx_shared_memory_add(cf, &name, zoneSize, &ngx_http_grantlink_module);
    if (!conf.metrics)
        return NGX_ERROR;
    conf.metrics->init = initZone;
    return NGX_OK;
}

void useMetricsZone(ngx_cycle_t* cycle) noexcept {
    const auto* conf = static_cast<const MainConf*>(
        ngx_http_cycle_get_module_main_conf(cycle, ngx_http_grantlink_module));
    zone = conf && conf->metrics ? static_cast<Zone*>(conf->metrics->data) : nullptr;
}

ngx_int_t startCounting(ngx_cycle_t*) noexcept {
    ownBlock();
    return NGX_OK;
}

} // namespace grantlink
