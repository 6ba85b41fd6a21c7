// What a media host sends, on its way into a sealed file.
//
// A picture or video by its Content-Type and by how it begins; anything else is refused before a
// file is made. At most 512 KiB are in memory: when the disk is slower than the host, the host
// waits.
//
// Thread: the loop's. Lives as long as the request and what it writes: hold it by shared_ptr.
#pragma once

#include "daemon/media/media_files.hpp"
#include "daemon/net/http_client.hpp"
#include "daemon/net/stop_signal.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace grantlink {

class MediaSink : public BodySink, public std::enable_shared_from_this<MediaSink> {
  public:
    // `keepFree`: see MediaFiles::requireFree().
    MediaSink(boost::asio::any_io_executor loop, MediaFiles& files, const StopSignal& stop,
              std::optional<std::uint64_t> keepFree);

    bool begin(const HttpResponse& head) override;
    Took take(std::string_view bytes) override;

    bool stopped() const override { return stop_.stopped(); }

    // What came was no picture and no video.
    bool isOther() const { return other_; }

    // After a request that has not ended well: throws what has kept it from being written, if it
    // was that.
    void throwFailure() const;

    // After one that has: the file, which is durable. Nothing: see isOther().
    boost::asio::awaitable<std::optional<MediaFile>> end();

  private:
    void startWrite();
    static boost::asio::awaitable<void> write(std::shared_ptr<MediaSink> self, std::string piece);
    boost::asio::awaitable<void> flush();

    boost::asio::any_io_executor loop_;
    MediaFiles& files_;
    const StopSignal& stop_;
    std::optional<std::uint64_t> keepFree_;
    MediaFile file_;
    std::unique_ptr<SealedFileWriter> writer_; // the files' thread uses it, while one writes
    std::string waiting_;
    bool other_ = false, writing_ = false, paused_ = false;
    std::exception_ptr failure_;
    StopSignal written_;
};

} // namespace grantlink
