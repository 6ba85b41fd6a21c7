#include "ngx_module/pushed_start.hpp"

#include "ngx_module/respond.hpp"
#include "shared/start_message.hpp"

#include <sys/un.h>

#include <array>
#include <cstring>

namespace grantlink {

namespace {

constexpr ngx_msec_t waitAtMost = 10'000; // ms; grantlinkd gives the provider 8 s
constexpr std::size_t maxPending = 64;    // a worker

std::size_t pending = 0; // of this worker

// Lives in the request's pool, and is closed by a cleanup of the request.
struct Push {
    ngx_http_request_t* request;
    PushDone done;
    ngx_peer_connection_t peer; // its connection is null before and after
    sockaddr_un address;
    ngx_str_t name; // for nginx's log
    std::size_t received;
    std::array<std::uint8_t, StartReply::maxLength + 1> reply; // the last byte is one too many
};

void close(Push& push) noexcept {
    if (!push.peer.connection)
        return;
    ngx_close_connection(push.peer.connection); // takes its timer along
    push.peer.connection = nullptr;
    --pending;
}

void complain(ngx_http_request_t* r, const char* why) {
    ngx_log_error(NGX_LOG_ERR, r->connection->log, 0, "grantlink: nothing was started: %s", why);
}

const char* reasonOf(const std::optional<StartReply>& reply) {
    if (!reply)
        return "grantlinkd's answer cannot be read; install nginx module and grantlinkd of one "
               "version";
    switch (reply->status) {
    case StartStatus::started:
        break;
    case StartStatus::refused:
        return "grantlinkd knows no such link, or its provider is not ready";
    case StartStatus::unreachable:
        return "the provider did not take the request; grantlinkd's log says why";
    case StartStatus::busy:
        return "too many are on their way";
    }
    return nullptr;
}

// The end: `why` is what stands against it, or null.
void finish(Push& push, std::string_view url, const char* why) {
    ngx_http_request_t* r = push.request;
    ngx_connection_t* c = r->connection;
    close(push);
    if (why)
        complain(r, why);
    forgetBodyTimer(r);
    const ngx_int_t rc = answering(r, [&] { return push.done(r, url); });
    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}

void finishWithReply(Push& push) {
    const auto reply = parseStartReply({push.reply.data(), push.received});
    const char* why = reasonOf(reply);
    finish(push, why ? std::string_view() : reply->url, why);
}

// grantlinkd closes the connection behind its answer.
void read(Push& push) {
    ngx_connection_t* c = push.peer.connection;
    for (;;) {
        const std::size_t room = push.reply.size() - push.received;
        const ssize_t n = room > 0 ? c->recv(c, push.reply.data() + push.received, room) : 0;
        if (n == NGX_AGAIN) {
            if (ngx_handle_read_event(c->read, 0) != NGX_OK)
                finish(push, {}, "the connection to grantlinkd cannot be watched");
            return;
        }
        if (n <= 0) {
            if (n < 0 || push.received == 0)
                return finish(push, {}, "grantlinkd closed the connection without an answer");
            return finishWithReply(push);
        }
        push.received += static_cast<std::size_t>(n);
    }
}

void onRead(ngx_event_t* event) noexcept {
    auto* c = static_cast<ngx_connection_t*>(event->data);
    Push& push = *static_cast<Push*>(c->data);
    if (c->close) // worker_shutdown_timeout is over
        finish(push, {}, "the worker shuts down");
    else if (event->timedout)
        finish(push, {}, "grantlinkd did not answer in time");
    else
        read(push);
}

// The request fits the socket of a connection that was just made: there is nothing to wait for.
void onWrite(ngx_event_t*) noexcept {}

bool setAddress(Push& push, ngx_http_request_t* r, std::string_view path) {
    if (path.size() >= sizeof push.address.sun_path)
        return false;
    push.address.sun_family = AF_UNIX;
    std::memcpy(push.address.sun_path, path.data(), path.size());
    push.name = ngxStr(path);
    push.peer.sockaddr = reinterpret_cast<sockaddr*>(&push.address);
    push.peer.socklen = sizeof push.address;
    push.peer.name = &push.name;
    push.peer.get = ngx_event_get_peer;
    push.peer.log = r->connection->log;
    push.peer.log_error = NGX_ERROR_ERR;
    return true;
}

bool connect(Push& push) {
    const ngx_int_t rc = ngx_event_connect_peer(&push.peer);
    if (rc == NGX_ERROR || rc == NGX_DECLINED || rc == NGX_BUSY) {
        if (push.peer.connection)
            ngx_close_connection(push.peer.connection);
        push.peer.connection = nullptr;
        return false;
    }
    ++pending; // close() takes it back
    ngx_connection_t* c = push.peer.connection;
    c->data = &push;
    c->read->handler = onRead;
    c->write->handler = onWrite;
    return true;
}

bool send(Push& push, std::string message) {
    ngx_connection_t* c = push.peer.connection;
    const ssize_t n = c->send(c, reinterpret_cast<u_char*>(message.data()), message.size());
    return n == static_cast<ssize_t>(message.size());
}

Push* newPush(ngx_http_request_t* r, PushDone done) {
    ngx_http_cleanup_t* cleanup = ngx_http_cleanup_add(r, sizeof(Push));
    if (!cleanup)
        throw std::bad_alloc();
    auto* push = new (cleanup->data) Push{};
    push->request = r;
    push->done = done;
    cleanup->handler = [](void* data) { close(*static_cast<Push*>(data)); };
    return push;
}

} // namespace

bool pushStart(ngx_http_request_t* r, std::string_view socket, const State::Text& state,
               PushDone done) {
    if (pending >= maxPending) {
        complain(r, "too many are on their way in this worker");
        return false;
    }
    std::string message = encodeStartRequest({state.data(), state.size()});
    Push& push = *newPush(r, done); // nothing throws from here on
    if (!setAddress(push, r, socket)) {
        complain(r, "the path of start.sock is too long");
        return false;
    }
    if (!connect(push)) // nginx has logged why
        return false;
    if (!send(push, std::move(message))) {
        close(push);
        complain(r, "grantlinkd does not take the request");
        return false;
    }
    if (endWhenClientGoes(r) != NGX_OK) { // nginx has logged why
        close(push);
        return false;
    }
    ngx_add_timer(push.peer.connection->read, waitAtMost);
    r->main->count++;
    return true;
}

} // namespace grantlink
