// What the module keeps of one request. Made in the rewrite phase, before any module that limits or
// logs; from then on the request's own memory holds no secret (redact.hpp). Of a link's token a
// third is kept, its locator, in `link`.
#pragma once

#include "ngx_module/cookie_header.hpp"
#include "ngx_module/ngx.hpp"
#include "ngx_module/page_set.hpp"
#include "ngx_module/route.hpp"
#include "shared/link_token.hpp"
#include "shared/secret.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace grantlink {

struct RequestContext {
    Route route = Route::none;
    std::string provider;        // of Route::callback from its path, of others from the link
    std::string asset;           // of Route::asset
    std::string languageAsked;   // ?lang=, as it came
    std::string accountAsked;    // ?account= of a button, as it came: which one of several
    std::optional<LinkKey> link; // of Route::approve
    SecretBytes query;           // of Route::callback
    std::vector<Cookie> cookies; // those that are ours

    std::uint32_t generation = 0; // of the link, while the request of its attempt is pushed

    // For the variables of the log.
    std::optional<Uuid> attempt;
    std::optional<Uuid> connection;
    std::string_view outcome; // static text

    std::string statusUrl; // where the answer to a callback or a confirmation leads

    // Values of response headers that no log may show: overwritten when the request is logged.
    std::vector<std::span<char>> secretHeaders;

    const Cookie* cookie(std::string_view name) const;
};

// Null for a request that no grantlink location has seen.
RequestContext* contextOf(ngx_http_request_t* r);

// The same, for logs: an internal redirect (error_page) takes the context from the request, but
// what the request came for is still of interest.
RequestContext* lastContextOf(ngx_http_request_t* r);

// The rewrite-phase handler.
ngx_int_t onRewrite(ngx_http_request_t* r) noexcept;

} // namespace grantlink
