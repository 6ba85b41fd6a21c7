// What one provider is: where its endpoints are, what it calls things, how it answers. Each shape
// is written from the provider's documentation, which its file names, and never from the preset in
// conf.d/providers that is to be tried with it: a mistake must not be made twice.
//
// What all have in common is elsewhere: authorization.hpp (login, consent, the way back),
// token_endpoint.hpp (authentication of the client, codes, refresh tokens), resources.hpp (tokens).
#pragma once

#include "daemon/sandbox/settings.hpp"
#include "daemon/sandbox/world.hpp"

#include <map>
#include <string>
#include <vector>

namespace grantlink::sandbox {

// By S256 alone. Unknown: it is passed over. Forbidden: a challenge is refused.
enum class Pkce { unknown, optional, required, forbidden };

// What it takes for an authorization request, and what it sends back.
struct Authorization {
    std::string path; // of the login page; its forms are sent to …/login and …/decision
    std::string clientId = "client_id"; // what its parameters are called
    std::string scope = "scope";
    char separator = ' ';                      // between two scopes
    std::map<std::string, std::string> scopes; // what may be asked for, and what it means
    std::string neededScope;                   // what has to be asked for; "": nothing
    std::map<std::string, std::string> fixed;  // parameters that must have just this value
    bool needsState = false;
    Pkce pkce = Pkce::unknown;
    std::string grantedScopes; // what the callback has them as; "": it does not have them
    std::string declined = "error=access_denied"; // the callback's query when somebody says no
    std::string fragment;                         // what stands behind a callback with a code
};

enum class SecretIn { header, body, either }; // RFC 6749, section 2.3.1
enum class BodyIs { form, json, either };

// What it takes for a request of a client to its token endpoint, and to others that are only for
// clients.
struct ClientRequests {
    SecretIn secret = SecretIn::body;
    BodyIs body = BodyIs::form;
    std::string clientId = "client_id";
    bool needsGrantType = true; // or else none means a code
    bool refreshes = true;      // by refresh tokens
};

struct Route {
    std::string method;
    std::string path; // a segment "{}" is anything, and captured
    Endpoint endpoint;
};

struct Shape {
    std::string name;
    std::string title;                // for people
    std::vector<std::string> presets; // those that can be tried with it
    std::vector<std::string> origins; // those in whose place it stands
    bool versioned = false;           // Meta: "/v23.0/me" is "/me"
    Lifetimes lifetimes;
    bool mayLast = false; // it has apps whose tokens do not expire: Settings::lastingTokens
    Authorization authorization;
    ClientRequests client;
    std::vector<Route> routes; // besides those of `authorization`

    // The token endpoint's answers. `refreshed`: to a refresh token and not to a code.
    ServerResponse (*granted)(World&, const Call&, const Approval&, bool refreshed);
    ServerResponse (*refused)(const Call&, const Refused&);

    // What it answers when there is no such path (404) or method (405), when it was asked too often
    // (429), and when something is wrong with itself.
    ServerResponse (*failure)(const Call&, unsigned status);

    std::string withoutVersion(const std::string& path) const;
};

const std::vector<const Shape*>& shapes();
const Shape* findShape(const std::string& name); // nullptr: there is no such

// shapes/NAME.cpp
const Shape& instagram();
const Shape& facebook();
const Shape& tiktok();
const Shape& slack();
const Shape& github();
const Shape& x();
const Shape& notion();

} // namespace grantlink::sandbox
