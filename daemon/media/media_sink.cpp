#include "daemon/media/media_sink.hpp"

#include "daemon/media/media_kind.hpp"
#include "daemon/text/ascii.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <sodium.h>

#include <utility>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t pieceSize = std::size_t{64} * 1024;    // of a write, at least
constexpr std::size_t mostWaiting = std::size_t{256} * 1024; // beside what is being written

bool isMedia(std::string_view type) {
    const std::string lower = lowerCase(type);
    return lower.starts_with("image/") || lower.starts_with("video/");
}

} // namespace

MediaSink::MediaSink(boost::asio::any_io_executor loop, MediaFiles& files, const StopSignal& stop,
                     std::optional<std::uint64_t> keepFree)
    : loop_(std::move(loop)), files_(files), stop_(stop), keepFree_(keepFree) {
    randombytes_buf(file_.name.data(), file_.name.size());
}

bool MediaSink::begin(const HttpResponse& head) {
    if (head.status != 200)
        return false;
    const std::string_view encoding = head.header("content-encoding");
    other_ = !isMedia(head.header("content-type")) || !(encoding.empty() || encoding == "identity");
    return !other_;
}

BodySink::Took MediaSink::take(std::string_view bytes) {
    if (other_ || failure_ || stopped())
        return Took::refused;
    if (writing_ && waiting_.size() + bytes.size() > mostWaiting) {
        paused_ = true;
        return Took::nothing;
    }
    waiting_ += bytes;
    file_.size += bytes.size();
    if (!writing_ && waiting_.size() >= pieceSize)
        startWrite();
    return other_ ? Took::refused : Took::all;
}

void MediaSink::startWrite() {
    if (file_.type.empty()) {
        file_.type = mediaTypeOf(waiting_);
        other_ = file_.type.empty();
        if (other_)
            return;
    }
    writing_ = true;
    boost::asio::co_spawn(loop_, write(shared_from_this(), std::exchange(waiting_, {})),
                          boost::asio::detached);
}

boost::asio::awaitable<void> MediaSink::write(std::shared_ptr<MediaSink> self, std::string piece) {
    const auto work = [&sink = *self, &piece] {
        sink.files_.requireFree(sink.keepFree_);
        if (!sink.writer_)
            sink.writer_ = sink.files_.make(sink.file_.name);
        sink.writer_->write(piece);
    };
    try {
        co_await self->files_.thread().run(work);
    } catch (...) {
        self->failure_ = std::current_exception();
    }
    self->writing_ = false;
    if (self->waiting_.size() >= pieceSize && !self->failure_)
        self->startWrite();
    if (std::exchange(self->paused_, false) && self->goOn)
        self->goOn();
    self->written_.wakeAll();
}

void MediaSink::throwFailure() const {
    if (failure_)
        std::rethrow_exception(failure_);
}

// Until all that came is written.
boost::asio::awaitable<void> MediaSink::flush() {
    while (!failure_ && !other_ && (writing_ || !waiting_.empty())) {
        if (!writing_)
            startWrite();
        if (writing_)
            co_await written_.sleep(1min);
    }
}

boost::asio::awaitable<std::optional<MediaFile>> MediaSink::end() {
    co_await flush();
    throwFailure();
    other_ = other_ || !writer_; // there was nothing at all
    if (other_)
        co_return std::nullopt;
    const auto work = [this] { return writer_->finish(); };
    file_.size = co_await files_.thread().run(work);
    file_.key = writer_->key();
    co_return file_;
}

} // namespace grantlink
