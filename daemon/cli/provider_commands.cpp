// The commands for those who write presets.
#include "daemon/cli/commands.hpp"

#include "daemon/cli/failure.hpp"
#include "daemon/cli/output.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/providers/lint.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace grantlink {

namespace {

std::string nameOf(const std::optional<ClientAuth>& how) {
    if (!how)
        return "–";
    switch (*how) {
    case ClientAuth::clientSecretBasic:
        return "client_secret_basic";
    case ClientAuth::clientSecretPost:
        return "client_secret_post";
    case ClientAuth::privateKeyJwt:
        return "private_key_jwt";
    case ClientAuth::none:
        break;
    }
    return "none";
}

std::string shown(const std::string& url) {
    return url.empty() ? "as the issuer's metadata says" : url;
}

Json describe(const std::string& file, const Preset& preset) {
    Json requests = Json::array();
    for (const RequestTemplate* request : requestsOf(preset))
        requests.push(
            Json::object()
                .set("table", request->table)
                .set("method", request->method)
                .set("url", request->url)
                .set("client_auth", request->clientAuth ? nameOf(request->clientAuth) : Json()));
    Json doubts = Json::array();
    for (const std::string& doubt : doubtsAbout(preset))
        doubts.push(doubt);
    return Json::object()
        .set("file", file)
        .set("id", preset.id)
        .set("name", preset.name)
        .set("discovery", preset.discovery)
        .set("dpop", preset.dpop)
        .set("authorize_url", preset.authorize.url)
        .set("jwks_url", preset.idToken ? Json(preset.idToken->jwksUrl) : Json())
        .set("requests", requests)
        .set("doubts", doubts);
}

void show(const Session& session, const std::string& file, const Preset& preset) {
    Table table({{"REQUEST"}, {"METHOD"}, {"URL", true}, {"CLIENT AUTH"}});
    table.add({{"authorize"}, {"GET"}, {shown(preset.authorize.url)}, {"–"}});
    for (const RequestTemplate* request : requestsOf(preset))
        table.add({{request->table},
                   {request->method},
                   {shown(request->url)},
                   {nameOf(request->clientAuth)}});
    print(fmt::format("{}: {} ({})\n", file, preset.name, preset.id));
    print(table.render(session.out));
    if (preset.dpop)
        print("Tokens are bound to a key of ours (DPoP, RFC 9449).\n");
    for (const std::string& doubt : doubtsAbout(preset))
        fmt::print(stderr, "{}: {}\n", file, doubt);
}

} // namespace

int providerCheckCommand(const Session& session, const std::vector<std::string>& files) {
    Json presets = Json::array();
    bool wrong = false;
    for (const std::string& file : files) {
        const auto preset = readPreset(file);
        wrong = wrong || !preset;
        if (session.json)
            presets.push(
                preset ? describe(file, *preset)
                       : Json::object().set("file", file).set("error", preset.error().message));
        else if (preset)
            show(session, file, *preset);
        else
            fmt::print(stderr, "grantlink: {}\n", preset.error().message);
    }
    if (session.json)
        print(Json::object().set("presets", presets).dump());
    return wrong ? static_cast<int>(ExitCode::usage) : 0;
}

} // namespace grantlink
