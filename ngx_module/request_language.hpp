// The language that a request is answered in. The first that the pages have wins:
//
//   ?lang=TAG                     the language menu; also kept in a cookie
//   cookie grantlink-language     what the menu chose before
//   the link's language           as the requester chose it
//   Accept-Language               what the browser prefers
//   grantlink_language            the operator's
#pragma once

#include "ngx_module/ngx.hpp"
#include "ngx_module/request_context.hpp"

#include <cstddef>
#include <string_view>

namespace grantlink {

// An index into the languages of the location's pages. `linkLanguage` may be empty.
std::size_t languageOf(ngx_http_request_t* r, const RequestContext& context,
                       std::string_view linkLanguage);

// Keeps what ?lang= asked for, when the pages have it. Before the header is sent.
void rememberLanguage(ngx_http_request_t* r, const RequestContext& context);

} // namespace grantlink
