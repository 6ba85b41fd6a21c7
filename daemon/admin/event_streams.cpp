#include "daemon/admin/event_streams.hpp"

#include "daemon/admin/events.hpp"
#include "daemon/admin/problem.hpp"
#include "daemon/net/stop_signal.hpp"

#include <algorithm>

namespace grantlink {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t maxStreams = 32;
constexpr std::size_t batch = 100; // events looked at before others get their turn
constexpr auto heartbeat = 15s;
constexpr const char* opening = "retry: 2000\n\n"; // ms until a client comes again
constexpr const char* comment = ":\n\n";

struct Wanted {
    std::optional<Uuid> connection; // nothing: all
    std::optional<std::uint64_t> after;
};

Wanted wantedBy(const ServerRequest& request) {
    Wanted out;
    auto fields = parseForm(request.query);
    if (const std::string_view last = request.header("last-event-id"); !last.empty())
        fields.emplace_back("after", last); // what the client has seen since wins
    for (const auto& [name, value] : fields) {
        if (name == "after") {
            out.after = eventNumber(value);
            if (!out.after)
                throw badRequest("after and Last-Event-ID must be the number of an event", name);
        } else if (name == "connection") {
            out.connection = Uuid::parse(value);
            if (!out.connection)
                throw badRequest("connection must be the id of one", name);
        } else {
            throw noSuchParameter(name, "connection and after");
        }
    }
    return out;
}

std::string textOf(const Event& event) {
    return "id: " + std::to_string(event.number) + "\ndata: " + represent(event).dump() + "\n\n";
}

} // namespace

struct EventStreams::Shared {
    StopSignal news;
    std::size_t open = 0;
    unsigned epoch = 0; // streams of an earlier one end
};

class EventStreams::Stream {
  public:
    Stream(const Vault& vault, std::shared_ptr<Shared> shared, Wanted wanted)
        : vault_(vault), shared_(std::move(shared)), epoch_(shared_->epoch),
          connection_(wanted.connection) {
        std::uint64_t last = 0;
        vault_.read([&](const VaultReader& vault) { last = vault.lastEvent(); });
        seen_ = std::min(wanted.after.value_or(last), last); // a vault from a backup knows fewer
        ++shared_->open;
    }

    ~Stream() { --shared_->open; }

    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // What is to be sent next, when there is something; "" at the end.
    boost::asio::awaitable<std::string> next() {
        if (!std::exchange(begun_, true))
            co_return opening;
        while (!shared_->news.stopped() && epoch_ == shared_->epoch) {
            bool more = false;
            std::string out = newEvents(more);
            const auto now = Clock::now();
            if (out.empty() && now >= beat_)
                out = comment;
            if (!out.empty()) {
                beat_ = now + heartbeat;
                co_return out;
            }
            const auto pause = std::chrono::ceil<std::chrono::milliseconds>(beat_ - now);
            co_await shared_->news.sleep(more ? 0ms : pause);
        }
        co_return "";
    }

  private:
    // `more`: it has not looked at all of them.
    std::string newEvents(bool& more) {
        std::string out;
        std::uint64_t last = seen_;
        vault_.read([&](const VaultReader& vault) {
            seen_ = vault.eachEvent(seen_, batch, [&](const Event& event) {
                if (!connection_ || event.connection == *connection_)
                    out += textOf(event);
            });
            last = vault.lastEvent();
        });
        more = seen_ < last;
        return out;
    }

    const Vault& vault_;
    std::shared_ptr<Shared> shared_;
    unsigned epoch_;
    std::optional<Uuid> connection_;
    std::uint64_t seen_ = 0;
    Clock::time_point beat_ = Clock::now() + heartbeat;
    bool begun_ = false;
};

EventStreams::EventStreams(const Vault& vault)
    : vault_(vault), shared_(std::make_shared<Shared>()) {}

ServerResponse EventStreams::open(const ServerRequest& request) {
    const Wanted wanted = wantedBy(request);
    if (wanted.connection && !vault_.connection(*wanted.connection))
        throw noSuchConnection(*wanted.connection);
    if (shared_->open >= maxStreams)
        throw Problem(503, "Service Unavailable",
                      "there are " + std::to_string(maxStreams) +
                          " readers of events already; end one, or come again later");
    const auto stream = std::make_shared<Stream>(vault_, shared_, wanted);
    ServerResponse out{200, {{"Content-Type", "text/event-stream"}}, ""};
    out.pieces = [stream] { return stream->next(); };
    return out;
}

void EventStreams::wake() {
    shared_->news.wakeAll();
}

void EventStreams::endAll() {
    ++shared_->epoch;
    shared_->news.wakeAll();
}

void EventStreams::stop() {
    shared_->news.stop();
}

bool EventStreams::idle() const {
    return shared_->open == 0;
}

} // namespace grantlink
