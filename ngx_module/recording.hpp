// What callback and confirm page share: judging a state, and recording an approval durably.
#pragma once

#include "ngx_module/found_link.hpp"
#include "ngx_module/ngx.hpp"
#include "ngx_module/page_set.hpp"
#include "ngx_module/request_context.hpp"
#include "shared/approval.hpp"
#include "shared/attempt.hpp"

#include <optional>

namespace grantlink {

// Why an attempt of this link can not be taken further, if so.
std::optional<Page> obstacle(const State& state, const FoundLink& link);

// Whether this attempt's approval is in the spool or has ended already. Costs a read, no write.
bool isKnown(ngx_http_request_t* r, const Uuid& attempt);

// Queue the approval; the request is answered with 303 to its context's statusUrl after the durable
// commit. The code is sealed before it is written, the payload is written as it is.
ngx_int_t recordCode(ngx_http_request_t* r, const VerifiedState& verified, SecretBytes code);
ngx_int_t record(ngx_http_request_t* r, const VerifiedState& verified, ApprovalKind kind,
                 std::string_view payload);

// 303 to the status page of an attempt.
ngx_int_t sendToStatus(ngx_http_request_t* r, RequestContext& context);

std::string statusUrlOf(const SiteView& site, const Uuid& attempt);

} // namespace grantlink
