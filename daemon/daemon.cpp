#include "daemon/daemon.hpp"

#include "daemon/admin/peer.hpp"
#include "daemon/links/edge_directory.hpp"
#include "daemon/log.hpp"

#include <boost/asio/co_spawn.hpp>

#include <spdlog/spdlog.h>

#include <csignal>

namespace grantlink {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 20s; // for requests in flight, when asked to stop

template <typename Keys>
Keys loadKeys(const std::string& path) {
    auto keys = Keys::load(path);
    if (!keys)
        throw std::runtime_error(keys.error().message);
    return std::move(*keys);
}

// The key pair of edge.key's seal line must be ours, or no approval could ever be opened.
void requirePair(const EdgeKeys& edge, const MasterKeys& master, const std::string& masterPath,
                 const std::string& edgePath) {
    const MasterKey* key = master.find(edge.sealKey().id);
    if (!key || key->sealPublic != edge.sealKey().publicKey)
        throw std::runtime_error(
            edgePath + ": its seal key does not belong to " + masterPath +
            "; the two files were made together and must be restored together");
}

auto logFailure(const char* what) {
    return [what](std::exception_ptr error) {
        try {
            if (error)
                std::rethrow_exception(error);
        } catch (const std::exception& failure) {
            spdlog::error("{}: {}", what, failure.what());
        }
    };
}

const Config& withDirectories(const Config& config) {
    makeEdgeDirectories(config.edgeStore, config.edgeGroup);
    return config;
}

} // namespace

Daemon::Daemon(std::string configPath, SettingsPtr settings)
    : configPath_(std::move(configPath)), masterKeyPath_(settings->config.masterKey),
      edgeKeyPath_(settings->config.edgeKey), signals_(loop_, SIGTERM, SIGINT, SIGHUP),
      settings_(settings), masterKeys_(std::make_shared<MasterKeyring>(
                               loadKeys<MasterKeys>(settings->config.masterKey))),
      edgeKeys_(std::make_shared<EdgeKeyring>(loadKeys<EdgeKeys>(settings->config.edgeKey))),
      vault_(settings->config.vault, masterKeys_),
      spool_(withDirectories(settings->config).edgeStore),
      links_(settings->config, masterKeys_, settings_), curl_(loop_.get_executor()),
      curlClient_(curl_, settings->config.caFile), http_(curlClient_, metrics_),
      requests_(http_, dpopNonces_), discovery_(http_),
      outbox_(loop_.get_executor(), vault_, links_, http_, settings_), services_{vault_,
                                                                                 spool_,
                                                                                 links_,
                                                                                 requests_,
                                                                                 keySets_,
                                                                                 settings_,
                                                                                 masterKeys_,
                                                                                 edgeKeys_,
                                                                                 metrics_,
                                                                                 stop_,
                                                                                 [this] {
                                                                                     outbox_.wake();
                                                                                 }},
      approvals_(loop_.get_executor(), services_),
      lifecycle_{vault_,      links_,   requests_, settings_,
                 masterKeys_, metrics_, stop_,     [this] { outbox_.wake(); }},
      refresher_(lifecycle_), upkeep_(loop_.get_executor(), lifecycle_, refresher_),
      resealer_(loop_.get_executor(), vault_), linkWatch_(loop_.get_executor(), lifecycle_),
      collector_(loop_.get_executor(), lifecycle_, refresher_),
      visits_(loop_.get_executor(), vault_, metrics_, stop_),
      mediaFiles_(copyDirectory(settings->config.vault)),
      copier_(loop_.get_executor(), lifecycle_, http_, mediaFiles_),
      maintenance_(loop_.get_executor(), vault_, spool_, links_, settings_),
      connections_(vault_, links_, spool_, requests_, metrics_, settings_, masterKeys_,
                   [this] {
                       upkeep_.wake();
                       outbox_.wake();
                   }),
      lists_(vault_, settings_), tokens_(vault_, refresher_, requests_, settings_), events_(vault_),
      streams_(vault_),
      keys_(vault_, spool_, masterKeys_, edgeKeys_, [this] { return reloadKeys(); }),
      notifications_(vault_, [this] { outbox_.wake(); }), posts_(vault_, settings_),
      media_(vault_, mediaFiles_), pictures_(vault_, http_, settings_),
      api_(vault_, connections_, lists_, tokens_, events_, streams_, keys_, notifications_, posts_,
           media_, pictures_, settings_),
      console_(api_), starts_({vault_, requests_, settings_, masterKeys_, edgeKeys_}) {
    const Config& config = settings->config;
    requirePair(*edgeKeys_->get(), *masterKeys_->get(), masterKeyPath_, edgeKeyPath_);
    vault_.onEvents([this] { streams_.wake(); });
    shareEdgeFiles(config.edgeStore, config.edgeGroup);
    wake_ = std::make_unique<WakeSocket>(loop_.get_executor(), config.wakeSocket(),
                                         [this](const WakeSocket::Told& told) {
                                             visits_.take(told.visits);
                                             if (told.approval)
                                                 approvals_.wake();
                                         });
    shareWithGroup(config.wakeSocket(), config.edgeGroup, 0660);
    startSocket_ = std::make_unique<StartSocket>(
        loop_.get_executor(), config.startSocket(),
        [this](std::string state) { return starts_.start(std::move(state)); });
    shareWithGroup(config.startSocket(), config.edgeGroup, 0660);
}

void Daemon::run() {
    boost::asio::co_spawn(loop_, serve(), [this](std::exception_ptr error) {
        if (!error)
            return;
        loop_.stop();
        std::rethrow_exception(error);
    });
    loop_.run();
}

boost::asio::awaitable<void> Daemon::serve() {
    watchSignals();
    boost::asio::co_spawn(loop_, keepDiscovering(), logFailure("discovery"));
    co_await discovered_.sleep(2s); // what is silent for longer is found later
    const SettingsPtr settings = settings_.get();
    publishing_ = true;
    co_await links_.publishAll(vault_); // the vault is the truth, whatever the edge had
    // Any user may connect: the peer's credentials decide what it may do.
    admin_ = HttpServer::onUnix(loop_.get_executor(), settings->config.adminSocket, 0666,
                                [this](ServerRequest request) {
                                    const SettingsPtr settings = settings_.get();
                                    Caller caller = callerOf(request.peer, settings->config);
                                    return api_.handle(std::move(request), std::move(caller));
                                });
    openConsole(settings->config);
    startSocket_->start();
    approvals_.start();
    upkeep_.start();
    resealer_.start();
    linkWatch_.start();
    collector_.start();
    copier_.start();
    outbox_.start();
    maintenance_.start();
    spdlog::info("grantlinkd: ready");
}

// nginx's group alone may connect: who gets that far is who nginx says it is.
void Daemon::openConsole(const Config& config) {
    if (config.consoleSocket.empty())
        return;
    consoleServer_ = HttpServer::onUnix(
        loop_.get_executor(), config.consoleSocket, 0600,
        [this](ServerRequest request) { return console_.handle(std::move(request)); });
    shareWithGroup(config.consoleSocket, config.edgeGroup, 0660);
}

void Daemon::watchSignals() {
    signals_.async_wait([this](boost::system::error_code error, int signal) {
        if (error)
            return;
        if (signal == SIGHUP)
            boost::asio::co_spawn(loop_, reload(), logFailure("reload"));
        else if (stop_.stopped())
            return loop_.stop(); // asked twice
        else
            boost::asio::co_spawn(loop_, stop(), logFailure("stop"));
        watchSignals();
    });
}

// Takes no new work, lets requests in flight end, and leaves the rest where it is durable.
boost::asio::awaitable<void> Daemon::stop() {
    spdlog::info("grantlinkd: stopping");
    if (admin_) // else it is the start that is stopped
        admin_->stop();
    if (consoleServer_)
        consoleServer_->stop();
    wake_->stop();
    startSocket_->stop();
    stop_.stop();
    discovered_.stop();
    approvals_.stop();
    upkeep_.stop();
    resealer_.stop();
    linkWatch_.stop();
    collector_.stop();
    copier_.stop();
    outbox_.stop();
    maintenance_.stop();
    streams_.stop();
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!idle() && std::chrono::steady_clock::now() < deadline) {
        StopSignal pause;
        co_await pause.sleep(20ms);
    }
    spdlog::info("grantlinkd: stopped");
    loop_.stop();
}

boost::asio::awaitable<bool> Daemon::discover() {
    const SettingsPtr asked = settings_.get();
    const bool changed = co_await discovery_.refresh(asked->providers);
    if (!changed)
        co_return false;
    auto settings =
        settingsOf(settings_.get()->config, discovery_.known()); // as reloaded meanwhile
    if (!settings) {
        spdlog::error("discovery: {}; the settings in force stay", settings.error().message);
        co_return false;
    }
    settings_.replace(*settings);
    co_return true;
}

boost::asio::awaitable<void> Daemon::keepDiscovering() {
    while (!stop_.stopped()) {
        try {
            const bool changed = co_await discover();
            discovered_.stop();
            if (changed && publishing_)
                co_await links_.publishAll(vault_);
        } catch (const std::exception& error) { // publishing is made up for by maintenance
            spdlog::error("discovery: {}", error.what());
        }
        co_await stop_.sleep(2s);
    }
}

// All of it, or nothing when it is wrong or lacks what is needed. The files are read behind the
// await, so that of two who ask at a time the second does not win with what was there before.
boost::asio::awaitable<void> Daemon::reloadKeys() {
    const KeyUse use = co_await vault_.keyUse();
    MasterKeys master = loadKeys<MasterKeys>(masterKeyPath_);
    EdgeKeys edge = loadKeys<EdgeKeys>(edgeKeyPath_);
    requirePair(edge, master, masterKeyPath_, edgeKeyPath_);
    const auto before = masterKeys_->get();
    for (const MasterKey& key : before->all()) {
        const MasterKey* same = master.find(key.id);
        const bool needed = use.needs(key.id) || key.id == before->current().id;
        if (needed && (!same || same->sealPublic != key.sealPublic))
            throw std::runtime_error(masterKeyPath_ + ": key " + std::to_string(key.id) +
                                     " is not in it, and is needed; put it back");
    }
    masterKeys_->replace(std::move(master));
    edgeKeys_->replace(std::move(edge));
    resealer_.wake();
}

boost::asio::awaitable<void> Daemon::reload() {
    auto settings = loadSettings(configPath_, discovery_.known());
    if (!settings) {
        spdlog::error("reload: {}; the settings in force stay", settings.error().message);
        co_return;
    }
    const SettingsPtr before = settings_.get();
    const std::pair<const char*, std::string Config::*> fixed[] = {
        {"vault", &Config::vault},
        {"edge_store", &Config::edgeStore},
        {"edge_group", &Config::edgeGroup},
        {"master_key", &Config::masterKey},
        {"edge_key", &Config::edgeKey},
        {"ca_file", &Config::caFile},
        {"admin.socket", &Config::adminSocket},
        {"admin.console_socket", &Config::consoleSocket}};
    for (const auto& [name, member] : fixed)
        if ((*settings)->config.*member != before->config.*member)
            spdlog::warn("reload: {} takes effect with the next start", name);
    settings_.replace(*settings);
    streams_.endAll(); // roles may have changed
    setLog((*settings)->config);
    try {
        co_await reloadKeys();
    } catch (const std::runtime_error& error) {
        spdlog::error("reload: {}; the keys in force stay", error.what());
    }
    try {
        co_await links_.publishAll(vault_);
        spdlog::info("grantlinkd: reloaded {}", configPath_);
    } catch (const std::exception& error) {
        spdlog::error("reload: the links could not be published: {}", error.what());
    }
}

} // namespace grantlink
