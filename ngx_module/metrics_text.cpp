#include "ngx_module/metrics_text.hpp"

#include "shared/exposition.hpp"

namespace grantlink {

namespace {

// Combinations that never happened are left out: most cannot.
void writeRequests(Exposition& out, const Counts& counts) {
    out.family("grantlink_requests_total", "counter", "Requests that ended, by route and outcome.");
    for (std::size_t route = 0; route < routeCount; ++route)
        for (std::size_t outcome = 0; outcome < outcomeCount; ++outcome)
            if (const auto n = counts.requests[route][outcome].get())
                out.sample({{"route", nameOf(static_cast<Route>(route))},
                            {"outcome", outcomeName(outcome)}},
                           n);
}

void writeApprovals(Exposition& out, const Counts& counts) {
    out.family("grantlink_approvals_total", "counter",
               "Approvals that were to be recorded, by what became of them.");
    for (std::size_t i = 0; i < writeResultCount; ++i)
        out.sample({{"result", nameOf(static_cast<WriteResult>(i))}}, counts.approvals[i].get());
}

void writeSpool(Exposition& out, const Counts& counts, const Levels& levels) {
    out.family("grantlink_spool_queue_depth", "gauge",
               "Approvals that wait for their commit or are being committed, in all workers.");
    out.sample({}, levels.queued.get());
    out.family("grantlink_spool_batch_size", "histogram", "Approvals written in one commit.");
    out.histogram(counts.batchSize, 0);
    out.family("grantlink_spool_commit_seconds", "histogram",
               "Time that a commit took, waiting for other writers included.");
    out.histogram(counts.commitTime, 9);
    out.family("grantlink_long_polls", "gauge",
               "Requests that wait for the outcome of an attempt.");
    out.sample({}, levels.longPolls.get());
}

// One gauge with a sample for each store that could be read.
template <typename Write>
void writeOfStores(Exposition& out, std::string_view name, std::string_view help,
                   std::span<const StoreSample> stores, Write write) {
    out.family(name, "gauge", help);
    for (const StoreSample& store : stores)
        if (store.usage)
            write(store, *store.usage);
}

void writeStores(Exposition& out, std::span<const StoreSample> stores) {
    out.family("grantlink_store_up", "gauge", "Whether this worker could read the store: 1 or 0.");
    for (const StoreSample& store : stores)
        out.sample({{"store", store.store}, {"path", store.path}}, store.usage ? 1 : 0);
    writeOfStores(
        out, "grantlink_store_bytes",
        "Bytes of pages in use (used) and of the memory map, the most they can be (map).", stores,
        [&](const StoreSample& store, const StoreUsage& usage) {
            for (const auto& [kind, bytes] :
                 {std::pair("used", usage.usedBytes), std::pair("map", usage.mapBytes)})
                out.sample({{"store", store.store}, {"path", store.path}, {"kind", kind}}, bytes);
        });
    writeOfStores(
        out, "grantlink_store_entries", "Entries of each database of the store.", stores,
        [&](const StoreSample& store, const StoreUsage& usage) {
            for (const auto& [database, entries] : usage.entries)
                out.sample({{"store", store.store}, {"path", store.path}, {"database", database}},
                           entries);
        });
    writeOfStores(out, "grantlink_store_readers",
                  "Slots of the store's reader table that are taken, by all processes.", stores,
                  [&](const StoreSample& store, const StoreUsage& usage) {
                      out.sample({{"store", store.store}, {"path", store.path}}, usage.readers);
                  });
    writeOfStores(out, "grantlink_store_readers_max", "Slots of the store's reader table.", stores,
                  [&](const StoreSample& store, const StoreUsage& usage) {
                      out.sample({{"store", store.store}, {"path", store.path}}, usage.maxReaders);
                  });
}

} // namespace

std::string metricsText(const Counts& counts, const Levels& levels,
                        std::span<const StoreSample> stores) {
    Exposition out;
    writeRequests(out, counts);
    writeApprovals(out, counts);
    writeSpool(out, counts, levels);
    writeStores(out, stores);
    return out.text();
}

} // namespace grantlink
