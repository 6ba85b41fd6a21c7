// libcurl's multi interface inside the Asio event loop: one transfer, one awaitable.
//
// Sockets and timers of libcurl are watched by the loop (curl_multi_socket_action), so no thread is
// started and no transfer blocks another. Used by the HTTP client and the mail sender.
//
// Thread: the loop's. The easy handle stays the caller's; it must live until perform() returns.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <curl/curl.h>

#include <memory>

namespace grantlink {

struct CurlEasyDeleter {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};

using CurlEasy = std::unique_ptr<CURL, CurlEasyDeleter>;

class CurlLoop {
  public:
    explicit CurlLoop(boost::asio::any_io_executor loop);
    ~CurlLoop(); // ends what is in flight with CURLE_ABORTED_BY_CALLBACK
    CurlLoop(const CurlLoop&) = delete;
    CurlLoop& operator=(const CurlLoop&) = delete;

    boost::asio::awaitable<CURLcode> perform(CURL* easy);

  private:
    class State;
    std::shared_ptr<State> state_;
};

} // namespace grantlink
