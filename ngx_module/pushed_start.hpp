// Has grantlinkd push the authorization request of an attempt (RFC 9126): the client authenticates
// there, and nginx must not be able to.
//
// The request waits, held by `r->main->count`, for one answer on grantlinkd's start.sock, for 10 s
// at most; up to 64 wait a worker. A client that goes away takes its connection to grantlinkd
// along.
//
// Thread: the event loop.
#pragma once

#include "ngx_module/ngx.hpp"
#include "shared/attempt.hpp"

#include <string_view>

namespace grantlink {

// What answers the request in the end, in a turn of the event loop of its own. `url`: where the
// browser is to go; empty: nothing was started, and the error log says why. It lives as long as the
// call.
using PushDone = ngx_int_t (*)(ngx_http_request_t* r, std::string_view url);

// `socket`: the path of start.sock. True: the request waits, and the handler answers NGX_DONE.
// False: nothing was started, which the error log has, and `done` will not be called.
bool pushStart(ngx_http_request_t* r, std::string_view socket, const State::Text& state,
               PushDone done);

} // namespace grantlink
