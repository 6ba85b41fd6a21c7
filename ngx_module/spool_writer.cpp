#include "ngx_module/spool_writer.hpp"

#include "ngx_module/boundary.hpp"
#include "ngx_module/metrics.hpp"
#include "shared/sealed_code.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <thread>
#include <utility>
#include <vector>

namespace grantlink {

namespace {

constexpr ngx_msec_t keepAlive = 60'000; // ms
constexpr std::size_t largestBatch = 128;
constexpr std::size_t answersAtOnce = 16;
constexpr std::size_t sealedBetweenPauses = 8;
constexpr time_t quietSeconds = 1;

WriteResult resultOf(StoreResult result) {
    switch (result) {
    case StoreResult::stored:
        return WriteResult::stored;
    case StoreResult::replayed:
        return WriteResult::replayed;
    case StoreResult::expired:
        return WriteResult::expired;
    case StoreResult::tooMany:
        return WriteResult::tooMany;
    }
    return WriteResult::failed;
}

void release(ngx_http_request_t* r) {
    r->main->blocked--;
    r->aio = 0;
}

// One key agreement serves all codes of a batch that go to the same key: nearly always all of them.
class BatchSealer {
  public:
    std::string seal(const Recording& recording) {
        if (!sealer_ || to_ != recording.sealTo) {
            sealer_.emplace(recording.sealTo);
            to_ = recording.sealTo;
        }
        return sealer_->seal(recording.attempt, textOf(recording.code));
    }

  private:
    std::optional<CodeSealer> sealer_;
    PublicKey to_{};
};

// The approval as the spool keeps it. Wipes the code.
SpoolPut putOf(Recording& recording, BatchSealer& sealer) {
    if (!recording.code.empty())
        recording.payload = sealer.seal(recording);
    recording.code = {};
    recording.approval.payload = recording.payload;
    return {recording.attempt, recording.approval.connection, encodeApproval(recording.approval)};
}

} // namespace

SpoolWriter::SpoolWriter(DaemonLine& line) : line_(line) {
    owner_.fd = -1;
    owner_.data = this;
}

void SpoolWriter::submit(ngx_http_request_t* r, WriteTarget target, Recording recording,
                         WriteDone done) {
    queue_.push_back({std::move(recording), r, done});
    target_ = std::move(target);
    approvalQueued();
    r->main->count++;
    r->main->blocked++;
    r->aio = 1;
    if (!running_)
        start();
}

void SpoolWriter::start() noexcept {
    const auto end = std::next(queue_.begin(),
                               static_cast<std::ptrdiff_t>(std::min(queue_.size(), largestBatch)));
    batch_.waiting.splice(batch_.waiting.end(), queue_, queue_.begin(), end);
    // The last of them lets go of the spool, which may be replaced.
    batch_.target = queue_.empty() ? std::exchange(target_, {}) : target_;
    batch_.besideOthers = std::exchange(servesOthers_, false);
    task_.ctx = this;
    task_.handler = commitInThread;
    task_.event.data = &owner_;
    task_.event.handler = onCommitted;
    task_.event.log = ngx_cycle->log;
    running_ = true;
    if (ngx_process == NGX_PROCESS_SINGLE) { // its thread pools do not survive a reload
        commitInThread(this, nullptr);
        ngx_post_event(&task_.event, &ngx_posted_events);
        return;
    }
    if (ngx_thread_task_post(batch_.target.threads, &task_) == NGX_OK) {
        // A worker that is asked to quit leaves when it has no timers: this one keeps it here.
        ngx_add_timer(&task_.event, keepAlive);
        return;
    }
    // The pool's queue is full: the requests are answered from a posted event, never from here,
    // because the newest of them is still inside its own handler.
    batch_.fail(WriteResult::failed,
                "the thread pool's queue is full; raise max_queue of thread_pool");
    ngx_post_event(&task_.event, &ngx_posted_events);
}

void SpoolWriter::Batch::write() {
    std::vector<SpoolPut> puts;
    puts.reserve(waiting.size());
    BatchSealer sealer;
    for (Waiting& one : waiting) {
        puts.push_back(putOf(one.recording, sealer));
        if (besideOthers && puts.size() % sealedBetweenPauses == 0)
            std::this_thread::yield();
    }
    const CommitClock clock(took);
    target.spool->store(puts, besideOthers ? std::this_thread::yield : nullptr);
    auto put = puts.begin();
    for (Waiting& one : waiting)
        one.result = resultOf((put++)->result);
}

void SpoolWriter::Batch::fail(WriteResult how, const char* why) noexcept {
    failure = how;
    std::snprintf(message, sizeof message, "%s", why);
}

void SpoolWriter::commitInThread(void* data, ngx_log_t*) noexcept {
    Batch& batch = static_cast<SpoolWriter*>(data)->batch_;
    try {
        batch.write();
    } catch (const lmdb::StoreFull& error) {
        batch.fail(WriteResult::storeFull, error.what());
    } catch (const std::exception& error) {
        batch.fail(WriteResult::failed, error.what());
    } catch (...) {
        batch.fail(WriteResult::failed, "unknown exception");
    }
}

SpoolWriter& SpoolWriter::writerOf(const ngx_event_t* event) {
    return *static_cast<SpoolWriter*>(static_cast<ngx_connection_t*>(event->data)->data);
}

void SpoolWriter::onCommitted(ngx_event_t* event) noexcept {
    if (event->timedout) { // the commit still runs
        event->timedout = 0;
        ngx_add_timer(event, keepAlive);
        return;
    }
    if (event->timer_set)
        ngx_del_timer(event);
    writerOf(event).finish();
}

void SpoolWriter::finish() noexcept {
    Batch batch;
    std::swap(batch, batch_);
    running_ = false;
    const std::size_t count = batch.waiting.size();
    approvalsAnswered(count);
    if (batch.failure) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "grantlink: %uz approvals were not recorded: %s", count, batch.message);
    } else {
        batchCommitted(count, batch.took);
        line_.approvalWaits(batch.target.wake);
    }
    if (!queue_.empty())
        start();
    for (Waiting& one : batch.waiting) {
        one.result = batch.failure.value_or(one.result);
        countApproval(one.result);
    }
    answers_.splice(answers_.end(), batch.waiting);
    if (answers_.size() + batch_.waiting.size() >= largestBatch)
        storm_ = ngx_time();
    if (!answer_.posted)
        answerSome();
}

void SpoolWriter::onAnswer(ngx_event_t* event) noexcept {
    writerOf(event).answerSome();
}

void SpoolWriter::answerSome() noexcept {
    for (std::size_t sent = 0; sent < answersAtOnce && !answers_.empty(); ++sent) {
        Queue taken;
        taken.splice(taken.end(), answers_, answers_.begin());
        const Waiting& answer = taken.front();
        ngx_http_request_t* r = answer.request;
        ngx_connection_t* c = r->connection;
        release(r);
        answer.done(r, answer.result);
        ngx_http_run_posted_requests(c);
    }
    if (answer_.timer_set)
        ngx_del_timer(&answer_);
    if (answers_.empty())
        return;
    answer_.data = &owner_;
    answer_.handler = onAnswer;
    answer_.log = ngx_cycle->log;
    ngx_post_event(&answer_, &ngx_posted_next_events);
    ngx_add_timer(&answer_, keepAlive); // as above: a worker without timers would leave
}

bool SpoolWriter::stormHasEnded() {
    const bool quiet = storm_ != 0 && storm_ + quietSeconds < ngx_time();
    if (!quiet || running_ || !answers_.empty())
        return false;
    storm_ = 0;
    return true;
}

} // namespace grantlink
