// grantlink-sandbox: a pretend provider for tests and for trying grantlink out.
#include "daemon/sandbox/sandbox.hpp"
#include "daemon/sandbox/shape.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/signal_set.hpp>

#include <CLI/CLI.hpp>
#include <sodium.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <charconv>
#include <csignal>
#include <iostream>
#include <stdexcept>

namespace {

using namespace grantlink;
using namespace grantlink::sandbox;

const char* const description =
    "A pretend provider, for tests and for trying grantlink out: Instagram, Facebook, TikTok,\n"
    "Slack, GitHub, X or Notion. It serves the paths of all the provider's hosts on one address,\n"
    "with a few invented accounts, and is as strict as the real one.";

const char* const example = R"(
Example:
  grantlink-sandbox --listen 127.0.0.1:9000 \
      --redirect-uri http://127.0.0.1:8080/callback/instagram

What grantlink.toml needs, so that the provider's requests come here:
  grantlink-sandbox --shape tiktok --print-config

Misbehaviour on request, when listening on the loopback interface:
  curl -d '{"path":"/oauth/access_token","status":500,"times":2}' \
      http://127.0.0.1:9000/_sandbox/faults
  Also: latency_ms, body, body_repeat, content_type, headers, retry_after, reset, after,
  wrong_account. See /_sandbox/requests, /_sandbox/tokens, /_sandbox/clock and
  /_sandbox/settings too.
)";

struct Listen {
    boost::asio::ip::address address;
    std::uint16_t port = 0;
};

Listen parseListen(const std::string& text) {
    const auto colon = text.rfind(':');
    const std::string port = colon == std::string::npos ? "" : text.substr(colon + 1);
    std::string host = text.substr(0, std::min(colon, text.size()));
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    Listen listen;
    boost::system::error_code ec;
    listen.address = boost::asio::ip::make_address(host, ec);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), listen.port);
    if (ec || error != std::errc() || end != port.data() + port.size())
        throw std::invalid_argument("--listen " + text +
                                    ": must be an IP address and a port, such as 127.0.0.1:9000");
    return listen;
}

std::string origin(const Listen& listen, std::uint16_t port) {
    const std::string host = listen.address.to_string();
    return "http://" + (listen.address.is_v6() ? "[" + host + "]" : host) + ":" +
           std::to_string(port);
}

// Of a provider of each preset that can be tried with this shape.
void printConfig(const Shape& shape, const std::string& clientId, const Listen& listen) {
    for (const std::string& preset : shape.presets) {
        std::cout << "[providers." << preset << "]\n"
                  << "client_id = \"" << clientId << "\"\n"
                  << "client_secret = \"…\" # that of --client-secret\n\n"
                  << "[providers." << preset << ".origins]\n";
        for (const std::string& real : shape.origins)
            std::cout << '"' << real << "\" = \"" << origin(listen, listen.port) << "\"\n";
        std::cout << '\n';
    }
}

void requireRedirectUris(const std::vector<std::string>& uris) {
    if (uris.empty())
        throw std::invalid_argument(
            "no --redirect-uri is registered: name grantlink's callback, such as "
            "--redirect-uri http://127.0.0.1:8080/callback/instagram");
    for (const std::string& uri : uris) {
        const bool web = uri.starts_with("https://") || uri.starts_with("http://");
        if (!web || uri.find_first_of("#*\r\n ") != std::string::npos)
            throw std::invalid_argument("--redirect-uri " + uri +
                                        ": must be a complete http or https URL without a "
                                        "fragment; it is compared exactly");
    }
}

void run(const Listen& listen, const Shape& shape, Settings settings) {
    requireRedirectUris(settings.redirectUris);
    if (settings.lastingTokens && !shape.mayLast)
        throw std::invalid_argument("--lasting-tokens: " + shape.title + " has no such apps");
    settings.control = listen.address.is_loopback();
    settings.lifetimes = shape.lifetimes;
    World world(shape, std::move(settings));
    boost::asio::io_context loop(1);
    const auto server = HttpServer::onTcp(loop.get_executor(), listen.address.to_string(),
                                          listen.port, handlerFor(world));
    boost::asio::signal_set signals(loop, SIGINT, SIGTERM);
    signals.async_wait([&](boost::system::error_code ec, int) {
        if (!ec)
            loop.stop(); // without waiting for answers that a fault holds back
    });
    if (!world.settings.control)
        spdlog::warn("not on the loopback interface: the control API is off");
    std::cout << "listening on " << origin(listen, server->port()) << std::endl;
    loop.run();
}

std::vector<std::string> shapeNames() {
    std::vector<std::string> names;
    for (const Shape* shape : shapes())
        names.push_back(shape->name);
    return names;
}

} // namespace

int main(int argc, char** argv) {
    Settings settings;
    std::string listen = "127.0.0.1:9000";
    std::string shapeName = "instagram";
    std::string tokenShape = "wrapped";
    bool print = false;
    CLI::App app(description);
    app.footer(example);
    app.add_option("--shape", shapeName, "Which provider it is")
        ->check(CLI::IsMember(shapeNames()))
        ->capture_default_str();
    app.add_option("--listen", listen, "Address and port; port 0 takes any free one")
        ->capture_default_str();
    app.add_option("--client-id", settings.clientId, "The only client it knows")
        ->capture_default_str();
    app.add_option("--client-secret", settings.clientSecret, "That client's secret")
        ->envname("GRANTLINK_SANDBOX_CLIENT_SECRET") // an argument can be seen by every user
        ->capture_default_str();
    app.add_option("--redirect-uri", settings.redirectUris,
                   "A registered redirect URI, compared exactly; may be repeated");
    app.add_option("--token-shape", tokenShape,
                   "How Instagram's token endpoint answers: {\"data\":[{…}]} or the bare object")
        ->check(CLI::IsMember({"wrapped", "flat"}))
        ->capture_default_str();
    app.add_flag("--lasting-tokens", settings.lastingTokens,
                 "Slack, GitHub: the client is an app whose tokens do not expire");
    app.add_flag("--print-config", print, "Print what grantlink.toml needs, and end");
    CLI11_PARSE(app, argc, argv);
    settings.wrappedTokens = tokenShape == "wrapped";

    std::signal(SIGPIPE, SIG_IGN);
    spdlog::set_default_logger(spdlog::stderr_logger_mt("grantlink-sandbox"));
    try {
        if (sodium_init() < 0)
            throw std::runtime_error("libsodium cannot be initialised");
        const Shape& shape = *findShape(shapeName);
        if (print)
            printConfig(shape, settings.clientId, parseListen(listen));
        else
            run(parseListen(listen), shape, std::move(settings));
    } catch (const std::exception& error) {
        std::cerr << "grantlink-sandbox: " << error.what() << std::endl;
        return 2;
    }
    return 0;
}
