// Everything that the sandbox remembers, and one request as its endpoints see it.
//
// Thread: the loop's. An endpoint is a plain function from a Call to an answer.
#pragma once

#include "daemon/net/http_server.hpp"
#include "daemon/sandbox/accounts.hpp"
#include "daemon/sandbox/clock.hpp"
#include "daemon/sandbox/faults.hpp"
#include "daemon/sandbox/ledger.hpp"
#include "daemon/sandbox/parameters.hpp"
#include "daemon/sandbox/request_log.hpp"
#include "daemon/sandbox/settings.hpp"

namespace grantlink::sandbox {

struct World {
    explicit World(Settings wanted) : settings(std::move(wanted)), ledger(settings, clock) {}

    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Settings settings;
    Clock clock;
    Ledger ledger;
    Faults faults;
    RequestLog log;
};

struct Call {
    ServerRequest request;
    Parameters query;
    Parameters form;                   // of a body in application/x-www-form-urlencoded
    const Account* impostor = nullptr; // a fault wants this account in the place of the right one

    const Account& accountOr(const Account& right) const { return impostor ? *impostor : right; }
};

using Endpoint = ServerResponse (*)(World&, const Call&);

} // namespace grantlink::sandbox
