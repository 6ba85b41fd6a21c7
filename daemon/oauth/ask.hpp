// One request to a provider and what its answer means.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/oauth/dpop_client.hpp"
#include "daemon/oauth/step.hpp"
#include "daemon/providers/provider.hpp"

#include <boost/asio/awaitable.hpp>

namespace grantlink {

struct Answer {
    Json json; // null when the body is none
    HttpResponse response;
    Headers secrets; // of all requests that were sent for it; see HttpRequest
};

// Sends what compose() has made of `preset`, once, and with a proof if there is a key. An answer
// has a status of 2xx and passes the preset's success rule; all else is a failure in the provider's
// own words, where it has some.
boost::asio::awaitable<StepResult<Answer>> ask(DpopClient& client, const Provider& provider,
                                               const RequestTemplate& preset, HttpRequest request,
                                               SecretBytes dpopKey, Repeatable repeatable);

} // namespace grantlink
