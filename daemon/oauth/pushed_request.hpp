// Pushed authorization requests (RFC 9126): the client itself sends the provider what it asks for;
// the browser carries a reference to it.
#pragma once

#include "daemon/oauth/dpop_client.hpp"
#include "daemon/oauth/step.hpp"
#include "daemon/providers/provider.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace grantlink {

// What is another one in each authorization request. Empty: the provider does not want it.
struct AttemptParameters {
    std::string state, codeChallenge, nonce;
};

// One try, for a provider that is ready() and has a push step. Answers the URL to which the browser
// is to be sent, of at most StartReply::maxUrl bytes of printable ASCII. With a `dpopKey` the code
// will be bound to it (RFC 9449, section 10.1).
boost::asio::awaitable<StepResult<std::string>> pushRequest(DpopClient& client,
                                                            const Provider& provider,
                                                            AttemptParameters attempt,
                                                            SecretBytes dpopKey);

} // namespace grantlink
