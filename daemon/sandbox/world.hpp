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

struct Shape; // shape.hpp

struct World {
    World(const Shape& which, Settings wanted)
        : shape(which), settings(std::move(wanted)), ledger(settings, clock) {}

    World(const World&) = delete;
    World& operator=(const World&) = delete;

    const Shape& shape;
    Settings settings;
    Clock clock;
    Ledger ledger;
    Faults faults;
    RequestLog log;
};

struct Call {
    ServerRequest request;
    std::vector<std::string> captured; // from the path, for what stands in braces in the route's
    Parameters query;
    Parameters form;                   // of a body in application/x-www-form-urlencoded
    Parameters json;                   // the texts of a body that is a JSON object
    const Account* impostor = nullptr; // a fault wants this account in the place of the right one

    const Account& accountOr(const Account& right) const { return impostor ? *impostor : right; }
};

using Endpoint = ServerResponse (*)(World&, const Call&);

} // namespace grantlink::sandbox
