// Keys: which there are, newer ones in front of them, and those away that nothing needs.
//
// The order is what keeps everything readable: the daemon knows a key before nginx can use it, and
// each file is right after each step, so a command that was interrupted is simply run again.
#include "daemon/cli/commands.hpp"

#include "daemon/cli/failure.hpp"
#include "daemon/cli/key_text.hpp"
#include "daemon/cli/local_vault.hpp"
#include "daemon/cli/output.hpp"
#include "daemon/cli/relative_time.hpp"
#include "daemon/cli/table.hpp"
#include "daemon/cli/whole_file.hpp"
#include "daemon/text/rfc3339.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

namespace grantlink {

namespace {

[[noreturn]] void fail(const std::string& path) {
    throw CommandFailure(errno == EACCES || errno == EPERM ? ExitCode::notPermitted
                                                           : ExitCode::usage,
                         path + ": " + std::strerror(errno) + "; run it as root");
}

SecretBytes read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        fail(path);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// In the place of what is there, with its owner and mode.
void replace(const std::string& path, const SecretBytes& text) {
    struct stat info {};

    if (::stat(path.c_str(), &info) != 0 ||
        !writeWhole(path, text, info.st_mode & 07777, {info.st_uid, info.st_gid}))
        fail(path);
}

template <typename Keys>
Keys parsed(const std::string& path) {
    auto keys = Keys::load(path);
    if (!keys)
        throw CommandFailure(ExitCode::usage, keys.error().message);
    return std::move(*keys);
}

template <typename Keys>
KeyId freeId(const Keys& keys) {
    KeyId id = keys.current().id;
    for (int tries = 0; tries < 255; ++tries) {
        id = id == 255 ? KeyId{1} : static_cast<KeyId>(id + 1);
        if (!keys.find(id))
            return id;
    }
    throw CommandFailure(ExitCode::refused, "there are 255 keys; “grantlink keys prune” first");
}

void runReload(const std::string& command) {
    if (std::system(command.c_str()) != 0)
        throw CommandFailure(ExitCode::refused,
                             "nginx was not reloaded: “" + command +
                                 "” failed; when that is mended, run this again");
}

constexpr const char* reloadByHand =
    "next: nginx -s reload   (edge.key first, where nginx reads a copy of it)";

// Until workers from before a reload take no new requests.
constexpr auto reloadTakes = std::chrono::seconds(3);

class Rotation {
  public:
    explicit Rotation(const KeysOptions& options)
        : config_(readConfig(options.config)), nginxReload_(options.nginxReload),
          daemon_(config_.adminSocket) {}

    // In an order that tells how far a run came that was interrupted: the new edge key is there
    // first, so a master key that is newer than it needs no other.
    void rotateBoth() {
        const NewEdgeKey edge = newEdgeKey();
        const MasterKeys masters = parsed<MasterKeys>(config_.masterKey);
        const bool isDone = masters.current().made > edge.made && isSealedTo(masters.current());
        if (isDone)
            said_.push_back(fmt::format("{}: key {} is in use already", config_.masterKey,
                                        masters.current().id));
        else
            rotateMaster(edge.made);
        putInFront(edge.id, true);
    }

    void rotateMaster(TimeMs after = 0) {
        const MasterKeys before = parsed<MasterKeys>(config_.masterKey);
        // Not so where this was interrupted between the two files.
        if (isSealedTo(before.current())) {
            const SecretBytes text = read(config_.masterKey);
            const TimeMs latest = std::max(before.current().made, after);
            replace(config_.masterKey,
                    withKeyLines(textOf(text), "key", textOf(newKeyLines(freeId(before), latest)),
                                 Place::front));
        }
        tellDaemon();
        const MasterKeys now = parsed<MasterKeys>(config_.masterKey);
        const MasterKey& key = now.current();
        const SecretBytes edge = withoutKey(textOf(read(config_.edgeKey)), "seal", key.id);
        replace(config_.edgeKey,
                withKeyLines(textOf(edge), "seal", sealLine(key.id, key.sealPublic), Place::front));
        tellDaemon();
        said_.push_back(fmt::format("{}: key {} is in use", config_.masterKey, key.id));
    }

    void rotateEdge() {
        const NewEdgeKey key = newEdgeKey();
        putInFront(key.id, key.isNew);
    }

    void drop(const std::vector<KeyId>& masters, const std::vector<KeyId>& edges) {
        SecretBytes edge = read(config_.edgeKey), master = read(config_.masterKey);
        for (const KeyId id : edges)
            edge = withoutKey(textOf(edge), "key", id);
        for (const KeyId id : masters) {
            edge = withoutKey(textOf(edge), "seal", id);
            master = withoutKey(textOf(master), "key", id);
        }
        replace(config_.edgeKey, edge);
        replace(config_.masterKey, master);
        tellDaemon();
    }

    const Config& config() const { return config_; }

    const AdminClient& daemon() const { return daemon_; }

    void reloadNginx() const {
        if (nginxReload_.empty())
            print(reloadByHand);
        else
            runReload(nginxReload_);
    }

    const std::vector<std::string>& said() const { return said_; }

    bool daemonRuns() const { return daemonRuns_; }

  private:
    struct NewEdgeKey {
        KeyId id;
        TimeMs made;
        bool isNew; // else it was begun by a run before this one
    };

    bool isSealedTo(const MasterKey& key) const {
        return parsed<EdgeKeys>(config_.edgeKey).sealKey().id == key.id;
    }

    // Behind the others, and known to the daemon.
    NewEdgeKey newEdgeKey() {
        const EdgeKeys before = parsed<EdgeKeys>(config_.edgeKey);
        const bool isNew = begun(before) == 0;
        if (isNew) {
            const SecretBytes text = read(config_.edgeKey);
            replace(config_.edgeKey,
                    withKeyLines(textOf(text), "key",
                                 textOf(newKeyLines(freeId(before), before.current().made)),
                                 Place::end));
        }
        tellDaemon();
        const EdgeKeys now = parsed<EdgeKeys>(config_.edgeKey);
        const KeyId id = begun(now);
        return {id, now.find(id)->made, isNew};
    }

    // `isNew`: nginx was not reloaded since it is there. Else, where this was interrupted, nobody
    // knows whether it was.
    void putInFront(KeyId id, bool isNew) {
        if ((isNew || !nginxReload_.empty()) && !everyWorkerKnows(id))
            return;
        const SecretBytes text = read(config_.edgeKey);
        const SecretBytes lines = keyLinesOf(textOf(text), "key", id);
        const SecretBytes rest = withoutKey(textOf(text), "key", id);
        replace(config_.edgeKey, withKeyLines(textOf(rest), "key", textOf(lines), Place::front));
        tellDaemon();
        said_.push_back(fmt::format("{}: key {} is in use", config_.edgeKey, id));
    }

    // A state is made by one worker and checked by another, perhaps on another machine: all must
    // know a key before any uses it. False: somebody has to reload nginx first.
    bool everyWorkerKnows(KeyId id) {
        if (nginxReload_.empty()) {
            said_.push_back(fmt::format("{}: key {} is known, and not in use yet: when nginx is "
                                        "reloaded, run “grantlink keys rotate edge”",
                                        config_.edgeKey, id));
            return false;
        }
        runReload(nginxReload_);
        std::this_thread::sleep_for(reloadTakes);
        return true;
    }

    // A newer key that is not in front: the second step is to come. 0: none.
    static KeyId begun(const EdgeKeys& keys) {
        for (const EdgeKey& key : keys.all())
            if (key.made > keys.current().made)
                return key.id;
        return 0;
    }

    void tellDaemon() {
        try {
            daemon_.post("/v1/keys/reload");
        } catch (const CommandFailure& failure) {
            if (failure.code() != ExitCode::unreachable)
                throw;
            daemonRuns_ = false;
        }
    }

    Config config_;
    std::string nginxReload_;
    AdminClient daemon_;
    std::vector<std::string> said_;
    bool daemonRuns_ = true;
};

// Why an old key has to stay; empty: nothing needs it.
std::string needOf(const Json& key, const Json& current, std::chrono::seconds lifetime) {
    const auto count = [&](const char* what) { return key[what].integer(); };
    if (count("tokens") > 0)
        return fmt::format("{} tokens are sealed with it; the daemon seals them anew",
                           count("tokens"));
    if (count("posts") > 0)
        return fmt::format("{} posts are sealed with it; the daemon seals them anew",
                           count("posts"));
    if (count("links") > 0)
        return fmt::format("{} links were made with it and wait for an approval", count("links"));
    if (count("approvals") > 0)
        return fmt::format("{} approvals wait that need it", count("approvals"));
    if (parseTime(key["made_at"].str()).value_or(0) >
        parseTime(current["made_at"].str()).value_or(0))
        return "it is new, and “grantlink keys rotate” has not put it in use yet";
    if (key["seals"].boolean())
        return "edge.key still seals to it; “grantlink keys rotate master” changes that";
    const TimeMs over = parseTime(current["made_at"].str()).value_or(0) + inMs(lifetime);
    return over > nowMs() ? "attempts that began with it may go on until " + rfc3339(over) : "";
}

// The old keys that can go; what stays is said, with the reason.
std::vector<KeyId> removable(const Json& keys, const char* kind, std::chrono::seconds lifetime,
                             bool& stays) {
    std::vector<KeyId> out;
    for (std::size_t i = 1; i < keys.size(); ++i) {
        const auto id = static_cast<KeyId>(keys.at(i)["id"].integer());
        const std::string need = needOf(keys.at(i), keys.at(0), lifetime);
        if (need.empty())
            out.push_back(id);
        else
            print(fmt::format("{} key {} stays: {}", kind, id, need));
        stays = stays || !need.empty();
    }
    return out;
}

} // namespace

void keysListCommand(const Session& session) {
    const ApiReply reply = session.daemon.get("/v1/keys");
    if (session.json)
        return print(reply.body);
    const TimeMs now = nowMs();
    Table table(
        {{"KEY"}, {"ID"}, {"STATE"}, {"MADE"}, {"TOKENS"}, {"POSTS"}, {"LINKS"}, {"APPROVALS"}});
    for (const char* kind : {"master", "edge"}) {
        const Json keys = reply.json[kind];
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const Json key = keys.at(i);
            const auto count = [&key](const char* what) {
                return key[what].isInteger() ? std::to_string(key[what].integer()) : "–";
            };
            const std::string made = key["made_at"].str();
            table.add({{kind},
                       {count("id")},
                       {key["current"].boolean() ? "in use" : "accepted"},
                       {made.empty() ? "–" : relativeTime(made, now)},
                       {count("tokens")},
                       {count("posts")},
                       {count("links")},
                       {count("approvals")}});
        }
    }
    print(table.render(session.out));
}

void keysRotateCommand(const KeysOptions& options) {
    Rotation rotation(options);
    if (options.which == "master")
        rotation.rotateMaster();
    else if (options.which == "edge")
        rotation.rotateEdge();
    else
        rotation.rotateBoth();
    for (const std::string& line : rotation.said())
        print(line);
    if (!rotation.daemonRuns())
        print("next: start grantlinkd, before nginx is reloaded");
    rotation.reloadNginx();
    advise("\nOld keys are still accepted. When “grantlink keys list” shows nothing that needs "
           "them,\n“grantlink keys prune” removes them.");
}

void keysPruneCommand(const KeysOptions& options, bool confirmed) {
    Rotation rotation(options);
    const Json keys = rotation.daemon().get("/v1/keys").json;
    bool stays = false;
    const auto lifetime = rotation.config().attemptLifetime;
    const auto masters = removable(keys["master"], "master", lifetime, stays);
    const auto edges = removable(keys["edge"], "edge", lifetime, stays);
    if (masters.empty() && edges.empty()) {
        if (stays)
            throw CommandFailure(ExitCode::refused, "no key can be removed now");
        return print("There are no old keys.");
    }
    if (!confirmed)
        confirm("What nginx seals to a key that is gone is lost, unless it was reloaded since the "
                "keys were rotated, with the new edge.key",
                "It was; remove the old keys?");
    rotation.drop(masters, edges);
    for (const KeyId id : masters)
        print(fmt::format("master key {} is gone", id));
    for (const KeyId id : edges)
        print(fmt::format("edge key {} is gone", id));
    rotation.reloadNginx();
}

} // namespace grantlink
