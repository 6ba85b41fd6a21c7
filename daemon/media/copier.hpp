// Copies what posts show, where somebody has asked for it, and erases copies whose posts have gone.
//
// Posts that want to be copied are in the vault, so a restart forgets none. Each connection's are
// fetched one after the other, in a queue of their own: no poll waits for them. What fails is tried
// again, eight times in all; an address that leads to nothing that can be kept, only when a poll
// has brought another. Trouble with the disk is told once, and all copying waits for it to end, or
// for room.
//
// Thread: the loop's.
#pragma once

#include "daemon/lifecycle/services.hpp"
#include "daemon/lifecycle/task_queue.hpp"
#include "daemon/media/fetch_media.hpp"
#include "daemon/settings.hpp"

#include <set>
#include <string>

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
    boost::asio::awaitable<std::string> eraseAll(bool stuckOnes);

    // Whether a connection's posts are to be copied.
    struct Order {
        SettingsPtr settings;
        const Provider* provider = nullptr; // of those; nothing: they are not
    };

    Order orderFor(const Uuid& connection) const;

    boost::asio::awaitable<std::chrono::seconds> copy(Uuid connection);
    boost::asio::awaitable<std::chrono::seconds> copyDue(Uuid connection);
    boost::asio::awaitable<Fetched> fetch(const StoredPost& post, const Order& order);
    boost::asio::awaitable<std::optional<Fetched>> keep(const StoredPost& post, Fetched fetched);
    boost::asio::awaitable<void> plan(Uuid connection);
    void noteTrouble(const std::string& why);
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
    std::set<MediaName> stuck_; // files that could not be erased
    TimeMs roomUntil_ = 0;      // all copies together are as large as they may be: not before
};

} // namespace grantlink
