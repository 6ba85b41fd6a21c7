// The press of the button: a new attempt begins, and nothing is written.
//
// All that an attempt needs is derived from its id, so mail scanners that submit forms cost
// nothing, and anonymous traffic cannot grow the store.
#pragma once

#include "ngx_module/found_link.hpp"
#include "ngx_module/ngx.hpp"
#include "ngx_module/page_set.hpp"
#include "ngx_module/request_context.hpp"

namespace grantlink {

// Why nothing can come of an attempt of this link, if so: it was cancelled or replaced, its
// provider is no longer configured, or the item is connected.
std::optional<Page> endOf(const FoundLink& link);

// Why nothing of a link that asks for several accounts can be begun, if so: it was cancelled or
// replaced, all are connected, or its time is over.
std::optional<Page> endOfAll(const FoundLink& link);

// Why a press on this link does not lead to the provider now, if so: endOf(), or its time is over.
std::optional<Page> obstacleToStart(const FoundLink& link);

// The item that the button names (?account=); without a name it is the one that the link has. False
// when the link has no such item: the page was an old one, or somebody else's.
bool chooseAsked(RequestContext& context, FoundLink& link);

// 303 to the provider with the attempt's cookie; or, for our own script (Accept: application/json),
// 200 with {"location", "status"}: a popup cannot show a form's answer.
ngx_int_t startAttempt(ngx_http_request_t* r, RequestContext& context, const FoundLink& link);

// Whether this browser began the attempt, with the link as it is now: it has the attempt's cookie.
bool beganHere(ngx_http_request_t* r, const RequestContext& context, const FoundLink& link,
               const Uuid& attempt);

// The attempt that this browser has begun with this item of the link and may still finish, by its
// cookies.
std::optional<Uuid> attemptBegun(ngx_http_request_t* r, const RequestContext& context,
                                 const FoundLink& link, const LinkItem& item);

} // namespace grantlink
