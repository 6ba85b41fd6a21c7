// A preset's request made into one that can be sent.
#pragma once

#include "daemon/net/http_client.hpp"
#include "daemon/providers/placeholders.hpp"
#include "daemon/providers/provider.hpp"
#include "daemon/vault/connection.hpp"

namespace grantlink {

// `standard`: the parameters that the standards want in it, before the preset's omit, rename and
// params. `values` fill placeholders; the access token among them is sent where the preset wants.
// The request may refer to provider and preset.
HttpRequest compose(const Provider& provider, const RequestTemplate& preset, const Values& values,
                    Headers standard);

// What placeholders stand for when there are tokens.
Values valuesOf(const Provider& provider, const TokenSet& tokens);

} // namespace grantlink
