// The decoded path behind a location's prefix.
#include "ngx_module/route.hpp"
#include "shared/link_token.hpp"

#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

bool isWithin(std::string_view part, std::string_view whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

std::string tailOf(Route route) {
    return route == Route::confirm ? "/confirm" : route == Route::outcome ? "/outcome" : "";
}

void approvePath(std::string_view rest) {
    const RoutePath path = parseApprovePath(rest);
    require(isWithin(path.last, rest), "what is left of a path lies in it");
    require(path.route != Route::callback, "no approve path is a callback");
    if (path.route == Route::status || path.route == Route::confirm ||
        path.route == Route::outcome) {
        constexpr std::size_t prefix = std::string_view("attempts/").size();
        require(Uuid::parse(rest.substr(prefix, Uuid::textLength)) == path.attempt,
                "an attempt's path has its id");
        require(rest.substr(prefix + Uuid::textLength) == tailOf(path.route),
                "nothing else stands behind the id");
    }
    if (path.route == Route::approve)
        require(path.last == rest && rest.size() == linkTokenLength, "a token is all of its path");
    if (path.route == Route::asset) {
        require(rest == "assets/" + std::string(path.last), "an asset's name is all of its path");
        require(path.last.find('/') == std::string_view::npos, "an asset lies in one folder");
        require(!path.last.ends_with(".js") || path.last == "ready.js" || path.last == "status.js",
                "only our own scripts are scripts");
    }
    if (linkKeyOf(rest))
        require(!mayBeLogged(path.route), "the path of a token stays out of the logs");
    if (path.route == Route::none)
        require(!mayBeLogged(path.route), "an unknown path stays out of the logs");
}

void callbackPath(std::string_view rest) {
    const RoutePath path = parseCallbackPath(rest);
    require(path.route == Route::callback || path.route == Route::none, "it is a callback or none");
    if (path.route != Route::callback)
        return;
    require(path.last == rest && !rest.empty() && rest.size() <= 64, "a provider's id is its path");
    for (const char c : rest)
        require((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                    c == '.',
                "a provider's id has the characters of one");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view rest = textOf({data, size});
    approvePath(rest);
    callbackPath(rest);
    const Uuid attempt = fuzz::Input(data, size).uuid();
    for (const Route route : {Route::status, Route::confirm, Route::outcome}) {
        const RoutePath back = parseApprovePath("attempts/" + attempt.text() + tailOf(route));
        require(back.route == route && back.attempt == attempt, "an attempt's path comes back");
    }
    return 0;
}
