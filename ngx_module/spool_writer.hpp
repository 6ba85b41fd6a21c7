// Durable writes without blocking the event loop: one queue a worker, group commit in a thread.
//
// While a batch is being sealed and committed in the thread pool, new approvals queue up; when it
// returns, up to 128 of them form the next batch. Above that a larger batch would gain little, and
// LMDB keeps the memory of the largest one for good.
//
// Those that were written are answered a few at a time, so that pages are served in between. For
// the same reason the thread, while pages are asked for, lets others of its core go first every few
// approvals: a worker is often bound to one, and the kernel would let the thread have it for
// milliseconds. Without pages that would only make commits later.
//
// An approval is a node of a list, from when it comes until it is answered: once it is accepted,
// nothing on its way asks for memory, but for the thread, where all that can fail is the batch.
//
// Thread: everything but sealing and commit runs on the event loop. A waiting request is held by
// `r->main->count` and `r->main->blocked`; the thread never touches it.
#pragma once

#include "ngx_module/daemon_line.hpp"
#include "ngx_module/ngx.hpp"
#include "ngx_module/write_result.hpp"
#include "shared/approval.hpp"
#include "shared/spool.hpp"

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace grantlink {

using WriteDone = void (*)(ngx_http_request_t* r, WriteResult result);

// An approval on its way into the spool.
struct Recording {
    Uuid attempt;
    Approval approval;   // but for its payload
    std::string payload; // an error, or a code that has been sealed already …
    SecretBytes code;    // … or one that the writing thread is to seal, which takes a while,
    PublicKey sealTo{};  // to this key
};

// Where and how approvals are written. Those that are written together go where the newest of them
// is to go; in one worker that is the same place but while the store is being replaced.
struct WriteTarget {
    std::shared_ptr<Spool> spool;
    ngx_thread_pool_t* threads = nullptr;
    std::string_view
        wake; // grantlinkd's datagram socket, told after each commit; the configuration's
};

class SpoolWriter {
  public:
    explicit SpoolWriter(DaemonLine& line);
    SpoolWriter(const SpoolWriter&) = delete;
    SpoolWriter& operator=(const SpoolWriter&) = delete;

    // So many wait that the store must be stuck; what comes now is told so at once.
    bool full() const { return queue_.size() >= 4096; }

    // Queues the approval. `done` is called on the event loop after the commit; the caller returns
    // NGX_DONE to nginx at once.
    void submit(ngx_http_request_t* r, WriteTarget target, Recording recording, WriteDone done);

    // A page is served meanwhile.
    void servingOthers() { servesOthers_ = true; }

    // Very many approvals wait at the same time, or stormHasEnded() has not said yet that it is
    // over.
    bool isStormy() const { return storm_ != 0; }

    // True once after very many approvals waited at the same time, when all is quiet again.
    bool stormHasEnded();

  private:
    struct Waiting {
        Recording recording;
        ngx_http_request_t* request;
        WriteDone done;
        WriteResult result = WriteResult::failed;
    };

    using Queue = std::list<Waiting>;

    // What the thread owns while it runs.
    struct Batch {
        WriteTarget target;
        Queue waiting;
        bool besideOthers = false;
        std::optional<WriteResult> failure; // of the batch as a whole
        char message[256] = "";             // for the error log
        std::chrono::nanoseconds took{};    // zero: no commit was tried

        void write();
        void fail(WriteResult how, const char* why) noexcept;
    };

    static void commitInThread(void* data, ngx_log_t* log) noexcept;
    static void onCommitted(ngx_event_t* event) noexcept;
    static void onAnswer(ngx_event_t* event) noexcept;
    static SpoolWriter& writerOf(const ngx_event_t* event);

    void start() noexcept;
    void finish() noexcept;
    void answerSome() noexcept;

    DaemonLine& line_;
    ngx_connection_t owner_{}; // of our events: nginx's debug log takes their data for a connection
    ngx_thread_task_t task_{};
    bool running_ = false;
    bool servesOthers_ = false; // since the last batch began

    WriteTarget target_;
    Queue queue_;
    Batch batch_;
    Queue answers_; // still to be sent
    ngx_event_t answer_{};
    time_t storm_ = 0; // when very many waited at once; 0: not since stormHasEnded() said so
};

} // namespace grantlink
