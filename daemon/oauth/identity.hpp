// Who has approved: the provider's identity endpoint, asked with the new token, or what the token
// endpoint has said already.
#pragma once

#include "daemon/oauth/dpop_client.hpp"
#include "daemon/oauth/step.hpp"
#include "daemon/providers/provider.hpp"
#include "daemon/vault/connection.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace grantlink {

// The account that a connection waits for. Once an account has been connected its id decides,
// because handles can be renamed and taken over; before that the handle does.
struct WantedAccount {
    std::string id;     // "": not known yet
    std::string handle; // as Provider::normalise() has it; "": whoever approves

    static WantedAccount of(const Connection& connection, const Provider& provider);

    bool any() const { return id.empty() && handle.empty(); }

    bool is(const ApprovedAccount& account, const Provider& provider) const;
};

struct Identity {
    ApprovedAccount account;
    TokenSet tokens; // of that account: an approver may have several, each with its own token
};

// One try; safe to repeat.
boost::asio::awaitable<StepResult<Identity>>
fetchIdentity(DpopClient& client, const Provider& provider, TokenSet tokens, WantedAccount wanted);

} // namespace grantlink
