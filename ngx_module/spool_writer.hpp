// Durable writes without blocking the event loop: one queue a worker, group commit in a thread.
//
// While a batch is being committed in the thread pool, new approvals queue up; when it returns they
// form the next batch. However many recipients press at once, each waits for at most two commits.
//
// Thread: everything but the commit itself runs on the event loop. A waiting request is held by
// `r->main->count` and `r->main->blocked`; the thread never touches it.
#pragma once

#include "ngx_module/ngx.hpp"
#include "ngx_module/write_result.hpp"
#include "shared/spool.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace grantlink {

using WriteDone = void (*)(ngx_http_request_t* r, WriteResult result);

class SpoolWriter {
  public:
    SpoolWriter() = default;
    ~SpoolWriter();
    SpoolWriter(const SpoolWriter&) = delete;
    SpoolWriter& operator=(const SpoolWriter&) = delete;

    // grantlinkd's datagram socket, told after each commit.
    void wakeAt(std::string_view socket) { wake_ = socket; }

    // So many wait that the store must be stuck; what comes now is told so at once.
    bool full() const { return queue_.size() >= 4096; }

    // Queues the approval. `done` is called on the event loop after the commit; the caller returns
    // NGX_DONE to nginx at once.
    void submit(ngx_http_request_t* r, std::shared_ptr<Spool> spool, ngx_thread_pool_t* threads,
                SpoolPut put, WriteDone done);

  private:
    struct Waiting {
        ngx_http_request_t* request;
        WriteDone done;
    };

    // What the thread owns while it runs.
    struct Batch {
        std::shared_ptr<Spool> spool;
        std::vector<SpoolPut> puts;
        std::optional<WriteResult> failure; // of the batch as a whole
        std::string message;                // for the error log
        std::chrono::nanoseconds took{};    // zero: no commit was tried
    };

    static void commitInThread(void* data, ngx_log_t* log) noexcept;
    static void onCommitted(ngx_event_t* event) noexcept;

    void start(ngx_thread_pool_t* threads);
    void finish();
    void wakeDaemon();

    std::string wake_;
    int socket_ = -1;
    ngx_thread_pool_t* threads_ = nullptr;
    ngx_thread_task_t task_{};
    bool running_ = false;

    std::vector<SpoolPut> queue_;
    std::shared_ptr<Spool> queueSpool_;
    std::vector<Waiting> queueWaiting_;

    Batch batch_;
    std::vector<Waiting> batchWaiting_;
};

} // namespace grantlink
