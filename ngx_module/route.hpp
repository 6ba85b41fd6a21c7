// Which of the module's routes a path below `location /approve/` or `/callback/` is.
//
//   {token}                       the approval page (GET) and its button (POST)
//   attempts/{attempt}            the status page (GET) and its button to try again (POST)
//   attempts/{attempt}/confirm    the confirm page and its button
//   attempts/{attempt}/outcome    the long poll behind the status page
//   assets/{file}                 scripts, brand-RRGGBB.css, and logos
#pragma once

#include "shared/uuid.hpp"

#include <string_view>

namespace grantlink {

enum class Route { approve, status, confirm, outcome, asset, callback, none };

std::string_view nameOf(Route route); // as in $grantlink_route

struct RoutePath {
    Route route = Route::none;
    Uuid attempt;          // of status, confirm and outcome
    std::string_view last; // the token, the asset's name or the provider's id
};

// `rest` is the decoded path behind the location's prefix.
RoutePath parseApprovePath(std::string_view rest);
RoutePath parseCallbackPath(std::string_view rest);

// Whether the path holds no secret and may stand in a log as it is.
bool mayBeLogged(Route route);

} // namespace grantlink
