#include "daemon/net/curl_loop.hpp"

#include "daemon/net/fault_point.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <stdexcept>

namespace grantlink {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// One running perform(), living in its coroutine frame. The timer never expires: cancelling it
// resumes the coroutine from the loop, and never from inside one of libcurl's callbacks.
struct Transfer {
    explicit Transfer(const asio::any_io_executor& loop)
        : done(loop, asio::steady_timer::time_point::max()) {}

    void finish(CURLcode code) {
        result = code;
        done.cancel();
    }

    asio::steady_timer done;
    std::optional<CURLcode> result;
};

// libcurl's interest in one of its sockets. The descriptor is borrowed: libcurl closes it.
struct Watch {
    explicit Watch(const asio::any_io_executor& loop) : descriptor(loop) {}

    ~Watch() {
        if (descriptor.is_open())
            descriptor.release();
    }

    asio::posix::stream_descriptor descriptor;
    int wanted = CURL_POLL_NONE;
    bool reading = false; // a wait for it is pending
    bool writing = false;
};

using WatchPtr = std::shared_ptr<Watch>;

void initialiseCurl() {
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK)
        throw std::runtime_error("libcurl cannot be initialised");
}

} // namespace

class CurlLoop::State : public std::enable_shared_from_this<CurlLoop::State> {
  public:
    explicit State(asio::any_io_executor loop);

    ~State() { close(); }

    State(const State&) = delete;
    State& operator=(const State&) = delete;

    const asio::any_io_executor& loop() const { return loop_; }

    CURLMcode add(CURL* easy, Transfer& transfer);
    void remove(CURL* easy);
    void close();

  private:
    static int onSocket(CURL*, curl_socket_t socket, int wanted, void* self, void*);
    static int onTimer(CURLM*, long milliseconds, void* self);

    void watch(curl_socket_t socket, int wanted);
    void arm(curl_socket_t socket, const WatchPtr& watch);
    void ready(curl_socket_t socket, const WatchPtr& watch, int events);
    void act(curl_socket_t socket, int events);

    asio::any_io_executor loop_;
    asio::steady_timer timer_;
    CURLM* multi_;
    std::map<curl_socket_t, WatchPtr> watches_;
    std::map<CURL*, Transfer*> transfers_;
};

CurlLoop::State::State(asio::any_io_executor loop)
    : loop_(std::move(loop)), timer_(loop_), multi_(curl_multi_init()) {
    if (!multi_)
        throw std::bad_alloc();
    curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &State::onSocket);
    curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &State::onTimer);
    curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

CURLMcode CurlLoop::State::add(CURL* easy, Transfer& transfer) {
    if (!multi_)
        return CURLM_BAD_HANDLE;
    const CURLMcode code = curl_multi_add_handle(multi_, easy);
    if (code == CURLM_OK)
        transfers_[easy] = &transfer;
    return code;
}

void CurlLoop::State::remove(CURL* easy) {
    if (transfers_.erase(easy) != 0)
        curl_multi_remove_handle(multi_, easy);
}

void CurlLoop::State::close() {
    if (!multi_)
        return;
    while (!transfers_.empty()) {
        const auto [easy, transfer] = *transfers_.begin();
        remove(easy);
        transfer->finish(CURLE_ABORTED_BY_CALLBACK);
    }
    curl_multi_cleanup(std::exchange(multi_, nullptr));
    watches_.clear();
    timer_.cancel();
}

// Both callbacks answer 0 whatever happens: libcurl takes anything else as the end of the whole
// multi handle. A socket that cannot be watched ends in its transfer's timeout.
int CurlLoop::State::onSocket(CURL*, curl_socket_t socket, int wanted, void* self, void*) {
    static_cast<State*>(self)->watch(socket, wanted);
    return 0;
}

int CurlLoop::State::onTimer(CURLM*, long milliseconds, void* self) {
    State& state = *static_cast<State*>(self);
    if (milliseconds < 0 || !state.multi_) {
        state.timer_.cancel();
        return 0;
    }
    state.timer_.expires_after(std::chrono::milliseconds(milliseconds));
    state.timer_.async_wait([weak = state.weak_from_this()](error_code ec) {
        const auto alive = weak.lock();
        if (!ec && alive)
            alive->act(CURL_SOCKET_TIMEOUT, 0);
    });
    return 0;
}

void CurlLoop::State::watch(curl_socket_t socket, int wanted) {
    if (wanted == CURL_POLL_REMOVE) {
        const auto found = watches_.find(socket);
        if (found == watches_.end())
            return;
        found->second->wanted = CURL_POLL_NONE;
        found->second->descriptor.release(); // now: libcurl is about to close it
        watches_.erase(found);
        return;
    }
    if (!multi_)
        return;
    WatchPtr& watch = watches_[socket];
    if (!watch) {
        watch = std::make_shared<Watch>(loop_);
        error_code ignored;
        watch->descriptor.assign(socket, ignored);
    }
    watch->wanted = wanted;
    arm(socket, watch);
}

void CurlLoop::State::arm(curl_socket_t socket, const WatchPtr& watch) {
    using Descriptor = asio::posix::stream_descriptor;
    const auto wait = [&](Descriptor::wait_type type, bool Watch::*pending, int events) {
        if (!(watch->wanted & events) || watch.get()->*pending || !watch->descriptor.is_open())
            return;
        watch.get()->*pending = true;
        const int curlEvents = events == CURL_POLL_IN ? CURL_CSELECT_IN : CURL_CSELECT_OUT;
        watch->descriptor.async_wait(
            type, [weak = weak_from_this(), watch, socket, pending, curlEvents](error_code ec) {
                watch.get()->*pending = false;
                const auto alive = weak.lock();
                if (alive && ec != asio::error::operation_aborted)
                    alive->ready(socket, watch, ec ? CURL_CSELECT_ERR : curlEvents);
            });
    };
    wait(Descriptor::wait_read, &Watch::reading, CURL_POLL_IN);
    wait(Descriptor::wait_write, &Watch::writing, CURL_POLL_OUT);
}

void CurlLoop::State::ready(curl_socket_t socket, const WatchPtr& watch, int events) {
    // libcurl may have closed the socket, and opened another of the same number, in the meantime.
    const auto current = [&] {
        const auto found = watches_.find(socket);
        return found != watches_.end() && found->second == watch;
    };
    if (!current())
        return;
    if (events & (CURL_CSELECT_ERR | (watch->wanted & (CURL_POLL_IN | CURL_POLL_OUT))))
        act(socket, events);
    if (current() && !(events & CURL_CSELECT_ERR))
        arm(socket, watch);
}

void CurlLoop::State::act(curl_socket_t socket, int events) {
    if (!multi_)
        return;
    int running = 0;
    curl_multi_socket_action(multi_, socket, events, &running);
    int left = 0;
    while (CURLMsg* message = curl_multi_info_read(multi_, &left)) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL* const easy = message->easy_handle;
        const CURLcode result = message->data.result; // the message dies with remove()
        const auto found = transfers_.find(easy);
        if (found == transfers_.end())
            continue;
        Transfer* const transfer = found->second;
        remove(easy);
        transfer->finish(result);
    }
}

CurlLoop::CurlLoop(asio::any_io_executor loop) {
    initialiseCurl();
    state_ = std::make_shared<State>(std::move(loop));
}

CurlLoop::~CurlLoop() {
    state_->close();
}

asio::awaitable<CURLcode> CurlLoop::perform(CURL* easy) {
    // However the coroutine ends, also destroyed while it waits, libcurl must let go of the
    // handle before the caller frees it.
    struct Registration {
        std::shared_ptr<State> state;
        CURL* easy;

        ~Registration() { state->remove(easy); }
    };

    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    // Without it, a name lookup that outlives the timeout is waited for, and with it the loop.
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);

    const FaultPoints around;
    const std::shared_ptr<State> state = state_;
    Transfer transfer(state->loop());
    if (state->add(easy, transfer) != CURLM_OK)
        co_return CURLE_FAILED_INIT;
    const Registration registration{state, easy};
    error_code ignored;
    co_await transfer.done.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return transfer.result.value_or(CURLE_ABORTED_BY_CALLBACK);
}

} // namespace grantlink
