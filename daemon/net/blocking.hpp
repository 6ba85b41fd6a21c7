// Work that may block (a writer lock, an fsync) on a thread of its own, awaitable from the loop.
//
// The exception to "no thread per anything": LMDB commits are synchronous, and libcurl waits for an
// SMTP server's last answers in a loop of its own, also under its multi interface. Each store has
// one such thread, which makes it the store's only writer in this process; mail has one.
//
// run() resumes on the caller's executor; an exception of `work` comes out of the await.
//
// GCC 12 destroys a lambda twice that is written inside a co_await expression (its bug 99576,
// mended in 13): give it a name first, here and wherever a lambda with captures goes into an
// awaited call.
#pragma once

#include "daemon/net/fault_point.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <type_traits>
#include <utility>

namespace grantlink {

class BlockingThread {
  public:
    template <typename Work>
    boost::asio::awaitable<std::invoke_result_t<Work>> run(Work work) {
        using Result = std::invoke_result_t<Work>;
        return boost::asio::co_spawn(thread_.get_executor(), call<Result, Work>(std::move(work)),
                                     boost::asio::use_awaitable);
    }

    void join() { thread_.join(); } // ends what was begun; nothing may be run after it

  private:
    template <typename Result, typename Work>
    static boost::asio::awaitable<Result> call(Work work) {
        const FaultPoints around;
        co_return work();
    }

    boost::asio::thread_pool thread_{1};
};

} // namespace grantlink
