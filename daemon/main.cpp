// grantlinkd: the daemon beside nginx.
#include "daemon/closed_memory.hpp"
#include "daemon/daemon.hpp"
#include "daemon/log.hpp"
#include "daemon/settings.hpp"

#include <CLI/CLI.hpp>
#include <curl/curl.h>
#include <sodium.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <cstring>

using namespace grantlink;

int main(int argc, char** argv) {
    CLI::App app("grantlinkd: exchanges and keeps what nginx's approval links bring in");
    std::string config = "/etc/grantlink/grantlink.toml";
    bool check = false;
    app.add_option("--config,-c", config, "The configuration file")->capture_default_str();
    app.add_flag("--check,-t", check, "Check configuration and presets, then exit");
    app.set_version_flag("--version", "grantlinkd " GRANTLINK_VERSION);
    CLI11_PARSE(app, argc, argv);

    ::umask(027);
    std::signal(SIGPIPE, SIG_IGN); // a peer or a log that goes away is an error code, not the end
    beginLog();
    if (!closeMemory()) {
        spdlog::error("core files cannot be switched off: {}", std::strerror(errno));
        return 1;
    }
    auto settings = loadSettings(config);
    if (!settings) {
        spdlog::error("{}", settings.error().message);
        return 2;
    }
    if (check) {
        spdlog::info("{}: all is well", config);
        return 0;
    }
    setLog((*settings)->config);
    try {
        if (sodium_init() < 0 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
            throw std::runtime_error("libsodium or libcurl cannot be set up");
        Daemon daemon(config, *settings);
        daemon.run();
    } catch (const std::exception& error) {
        spdlog::error("{}", error.what());
        return 1;
    }
    return 0;
}
