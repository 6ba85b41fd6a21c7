// The one place that includes nginx's C headers.
#pragma once

extern "C" {
#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_thread_pool.h>
}

#if !(NGX_THREADS)
#error "grantlink writes in a thread pool: configure nginx with --with-threads"
#endif

#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace grantlink {

inline std::string_view view(const ngx_str_t& text) {
    return {reinterpret_cast<const char*>(text.data), text.len};
}

// For text that outlives the use of the ngx_str_t; nginx does not write through it.
inline ngx_str_t ngxStr(std::string_view text) {
    return {text.size(), reinterpret_cast<u_char*>(const_cast<char*>(text.data()))};
}

// Visits each header of a list, of a request's or of an answer's.
template <typename Visit>
void eachHeader(ngx_list_t& headers, Visit visit) {
    for (ngx_list_part_t* part = &headers.part; part; part = part->next) {
        auto* header = static_cast<ngx_table_elt_t*>(part->elts);
        for (ngx_uint_t i = 0; i < part->nelts; ++i)
            visit(header[i]);
    }
}

// Visits each request header of that (lower-case) name. nginx's own fields for them differ between
// its versions, the list does not.
template <typename Visit>
void eachHeader(ngx_http_request_t* r, std::string_view name, Visit visit) {
    eachHeader(r->headers_in.headers, [&](ngx_table_elt_t& header) {
        const ngx_str_t lower{header.key.len, header.lowcase_key};
        if (lower.data && view(lower) == name)
            visit(header.value);
    });
}

// Whether the browser says that not our own page sent this request (Fetch Metadata,
// Sec-Fetch-Site). Origin does not help: our pages set no-referrer, so their own forms send
// `Origin: null`.
inline bool isCrossSite(ngx_http_request_t* r) {
    bool out = false;
    eachHeader(r, "sec-fetch-site", [&](ngx_str_t& value) { out = view(value) != "same-origin"; });
    return out;
}

// Ends a request that waits when its client goes away; also when it has gone already, since nginx
// was told of that together with the request and is told nothing more. Not while nginx still reads
// a body that is thrown away: that has a timer of its own (lingering_timeout), and who goes after
// such a body is waited for in vain. NGX_ERROR: nginx cannot watch the connection, and has logged
// why.
inline ngx_int_t endWhenClientGoes(ngx_http_request_t* r) {
    if (r->discard_body)
        return NGX_OK;
    ngx_event_t* const read = r->connection->read;
    r->read_event_handler = ngx_http_test_reading;
    if (!read->ready)
        return ngx_handle_read_event(read, 0); // it may not be watched yet: `listen … deferred`
    ngx_post_event(read, &ngx_posted_events);
    return NGX_OK;
}

// Before the answer to a request that has waited: nginx's timer for a body that is thrown away is
// not stopped by its end, and when it has run out nginx closes the connection at its next request.
inline void forgetBodyTimer(ngx_http_request_t* r) {
    ngx_event_t* const read = r->connection->read;
    if (r->discard_body)
        return;
    if (read->timer_set)
        ngx_del_timer(read);
    read->timedout = 0;
}

template <typename T>
void destroyInPool(void* data) noexcept {
    static_cast<T*>(data)->~T();
}

// A C++ object in a pool, destroyed with it: nothing with a destructor is left to the pool alone.
template <typename T, typename... Args>
T* makeInPool(ngx_pool_t* pool, Args&&... args) {
    ngx_pool_cleanup_t* cleanup = ngx_pool_cleanup_add(pool, sizeof(T));
    if (!cleanup)
        throw std::bad_alloc();
    T* object;
    if constexpr (sizeof...(Args) == 0) {
        // T() would fill it with zeros before it is made; so it has to make all of itself.
        static_assert(!std::is_trivially_default_constructible_v<T>);
        object = new (cleanup->data) T;
    } else
        object = new (cleanup->data) T(std::forward<Args>(args)...);
    cleanup->handler = destroyInPool<T>;
    return object;
}

// The newest such object of the pool, or null.
template <typename T>
T* findInPool(const ngx_pool_t* pool) {
    for (ngx_pool_cleanup_t* c = pool->cleanup; c; c = c->next)
        if (c->handler == destroyInPool<T>)
            return static_cast<T*>(c->data);
    return nullptr;
}

} // namespace grantlink
