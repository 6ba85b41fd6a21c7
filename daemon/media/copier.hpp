// Copies what posts show, where somebody has asked for it, and erases copies whose posts have gone.
//
// Posts that want to be copied are in the vault, so a restart forgets none. Each connection's are
// fetched one after the other, in a queue of their own: no poll waits for them. What fails is tried
// again, eight times in all; an address that leads nowhere only when a poll has brought another.
// Trouble with the disk is told once, and all copying waits for it to end.
//
// Thread: the loop's.
#pragma once

#include "daemon/lifecycle/services.hpp"
#include "daemon/lifecycle/task_queue.hpp"
#include "daemon/media/fetch_media.hpp"

namespace grantlink {

class MediaCopier {
  public:
    MediaCopier(boost::asio::any_io_executor loop, LifecycleServices& services, HttpClient& http,
                MediaFiles& files);

    void start();
    void stop();

    bool idle() const { return !erasing_ && tasks_.idle(); }

  private:
    struct Trouble { // told once, until it is over
        unsigned failures = 0;
        TimeMs until = 0;
    };

    boost::asio::awaitable<void> run();
    boost::asio::awaitable<void> sweep();
    boost::asio::awaitable<void> erase();

    boost::asio::awaitable<std::chrono::seconds> copy(Uuid connection);
    boost::asio::awaitable<std::chrono::seconds> copyDue(Uuid connection, const Provider& provider,
                                                         const MediaConfig& config);
    boost::asio::awaitable<Fetched> fetch(const StoredPost& post, const Provider& provider,
                                          const MediaConfig& config);
    boost::asio::awaitable<Copied> keep(const StoredPost& post, Fetched fetched,
                                        std::uint64_t maxTotal);
    boost::asio::awaitable<void> plan(Uuid connection, bool asked);
    void tell(const StoredPost& post, const Fetched& fetched);

    boost::asio::any_io_executor loop_;
    LifecycleServices& services_;
    HttpClient& http_;
    MediaFiles& files_;
    TaskQueue tasks_;
    StopSignal idle_;
    bool erasing_ = false;
    bool fullTold_ = false;
    Trouble disk_, eraser_;
};

} // namespace grantlink
