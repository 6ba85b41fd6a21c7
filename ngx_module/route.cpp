#include "ngx_module/route.hpp"

#include "shared/link_token.hpp"

namespace grantlink {

namespace {

constexpr std::string_view attempts = "attempts/";
constexpr std::string_view assets = "assets/";
constexpr std::size_t longestAsset = 64;

// Nothing that could be a link token: its path may be logged.
bool isAssetName(std::string_view name) {
    if (name.ends_with(".js"))
        return name == "ready.js" || name == "status.js";
    const bool known = name.starts_with("brand-") || name.starts_with("logo-");
    return known && name.size() <= longestAsset &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") ==
               std::string_view::npos;
}

RoutePath parseAttemptPath(std::string_view rest) {
    const auto attempt = Uuid::parse(rest.substr(0, Uuid::textLength));
    if (!attempt)
        return {};
    rest.remove_prefix(Uuid::textLength);
    if (rest.empty())
        return {Route::status, *attempt, {}};
    if (rest == "/confirm")
        return {Route::confirm, *attempt, {}};
    if (rest == "/outcome")
        return {Route::outcome, *attempt, {}};
    return {};
}

} // namespace

std::string_view nameOf(Route route) {
    switch (route) {
    case Route::approve:
        return "approve";
    case Route::status:
        return "status";
    case Route::confirm:
        return "confirm";
    case Route::outcome:
        return "outcome";
    case Route::asset:
        return "asset";
    case Route::callback:
        return "callback";
    case Route::none:
        break;
    }
    return "none";
}

RoutePath parseApprovePath(std::string_view rest) {
    if (rest.starts_with(attempts))
        return parseAttemptPath(rest.substr(attempts.size()));
    if (rest.starts_with(assets) && isAssetName(rest.substr(assets.size())))
        return {Route::asset, {}, rest.substr(assets.size())};
    if (rest.size() == linkTokenLength)
        return {Route::approve, {}, rest};
    return {};
}

RoutePath parseCallbackPath(std::string_view rest) {
    const bool named =
        !rest.empty() && rest.size() <= 64 &&
        rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string_view::npos;
    return named ? RoutePath{Route::callback, {}, rest} : RoutePath{};
}

bool mayBeLogged(Route route) {
    return route != Route::approve && route != Route::none;
}

} // namespace grantlink
