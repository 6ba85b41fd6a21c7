#include "daemon/cli/init.hpp"

#include "daemon/cli/failure.hpp"
#include "daemon/cli/whole_file.hpp"
#include "daemon/text/origin.hpp"
#include "shared/keys.hpp"

#include <fmt/format.h>

#include <grp.h>
#include <pwd.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace grantlink {

namespace {

namespace fs = std::filesystem;

constexpr const char* configTemplate = R"(# grantlink: docs/configuration.md explains every key.
# Check it with: grantlinkd --check --config {config}

public_url = "{url}"
# requester = "Example Agency"          # who asks, as recipients and mails show it

edge_store = "{state}/edge"
vault = "{state}/vault"
master_key = "{dir}/master.key"
edge_key = "{dir}/edge.key"
edge_group = "{group}"

[admin]
socket = "{run}/admin.sock"
# [[admin.grant]]                       # root and the daemon's user may do everything
# role = "operator"
# groups = ["grantlink"]

# [mail]                                # without it nobody is told by mail
# smtp = "smtp://127.0.0.1:25"
# from = "grantlink <grantlink@example.com>"

# [webhooks.crm]                        # programs are told too, with signatures
# url = "https://crm.example.com/grantlink"
# secret_file = "{dir}/crm.secrets"     # one "whsec_…" a line

# [providers.instagram]                 # conf.d/providers/ has one preset a provider
# client_id = "…"
# client_secret_file = "{dir}/instagram.secret"
)";

[[noreturn]] void fail(const fs::path& path) {
    throw std::runtime_error(fmt::format("{}: {}; run it as root, or choose directories of your "
                                         "own with --dir, --state and --run",
                                         path.string(), std::strerror(errno)));
}

// False when it was there already: then nothing about it is changed, it may be anybody's.
bool makeDirectory(const fs::path& path, mode_t mode) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (::mkdir(path.c_str(), mode) == 0) {
        if (::chmod(path.c_str(), mode) != 0) // the umask had its say
            fail(path);
        return true;
    }
    if (errno != EEXIST)
        fail(path);
    return false;
}

// The owner of all that is made, and the group of what nginx shares; looked up before anything is
// changed.
struct Owners {
    uid_t user = static_cast<uid_t>(-1); // chown's "leave it"
    gid_t group = static_cast<gid_t>(-1);
    gid_t edgeGroup = 0;
};

Owners ownersOf(const InitOptions& options) {
    Owners out;
    if (!options.user.empty()) {
        const passwd* user = ::getpwnam(options.user.c_str());
        if (!user)
            throw CommandFailure(ExitCode::usage,
                                 "--user: there is no user \"" + options.user +
                                     "\"; make one with 'adduser --system --group'");
        out.user = user->pw_uid;
        out.group = user->pw_gid;
    }
    const group* edge = ::getgrnam(options.edgeGroup.c_str());
    if (!edge)
        throw CommandFailure(ExitCode::usage, "--edge-group: there is no group \"" +
                                                  options.edgeGroup +
                                                  "\"; name the one of the nginx workers");
    out.edgeGroup = edge->gr_gid;
    return out;
}

void give(const fs::path& path, uid_t user, gid_t group) {
    if (::lchown(path.c_str(), user, group) != 0)
        fail(path);
}

void writeFile(const fs::path& path, const std::string& text, mode_t mode) {
    if (!writeWhole(path, bytesOf(text), mode))
        fail(path);
}

std::string configOf(const InitOptions& options) {
    const std::string url =
        options.publicUrl.empty() ? "https://links.example.com" : options.publicUrl;
    return fmt::format(configTemplate, fmt::arg("config", options.dir + "/grantlink.toml"),
                       fmt::arg("url", url), fmt::arg("state", options.state),
                       fmt::arg("dir", options.dir), fmt::arg("run", options.run),
                       fmt::arg("group", options.edgeGroup));
}

void refuseToOverwrite(const InitOptions& options) {
    for (const char* name : {"grantlink.toml", "master.key", "edge.key"}) {
        const fs::path path = fs::path(options.dir) / name;
        if (fs::exists(path))
            throw std::runtime_error(path.string() +
                                     ": is there already; without its master key a vault cannot be "
                                     "opened. Add --force only where nothing is to be kept");
    }
}

// What grantlinkd would refuse later is refused before anything is written.
void checkPublicUrl(const std::string& url) {
    if (url.empty() || isOrigin(url))
        return;
    throw CommandFailure(ExitCode::usage,
                         "--public-url: \"" + url +
                             "\" is not the origin that nginx serves, such "
                             "as https://links.example.com; leave out path and final slash");
}

void makeDirectories(const InitOptions& options, const Owners& owners) {
    makeDirectory(options.dir, 0755);
    for (const std::string& path : {options.state, options.run})
        if (makeDirectory(path, 0755))
            give(path, owners.user, owners.group);
    if (makeDirectory(options.state + "/vault", 0700))
        give(options.state + "/vault", owners.user, owners.group);
    for (const char* part : {"/edge", "/edge/links", "/edge/spool"})
        if (makeDirectory(options.state + part, 0750))
            give(options.state + part, owners.user, owners.edgeGroup);
}

void makeAll(const InitOptions& options) {
    checkPublicUrl(options.publicUrl);
    const Owners owners = ownersOf(options);
    if (!options.force)
        refuseToOverwrite(options);
    makeDirectories(options, owners);
    const NewKeyFiles keys = generateKeyFiles();
    writeFile(options.dir + "/master.key", keys.master, 0600);
    writeFile(options.dir + "/edge.key", keys.edge, 0600); // nginx's master reads it as root
    writeFile(options.dir + "/grantlink.toml", configOf(options), 0640); // may hold secrets
    for (const char* name : {"/master.key", "/edge.key", "/grantlink.toml"})
        give(options.dir + name, owners.user, owners.group);
}

} // namespace

int initCommand(const InitOptions& options) {
    if (sodium_init() < 0)
        throw std::runtime_error("libsodium cannot be set up");
    makeAll(options);
    fmt::print("{0}/grantlink.toml   edit public_url, [mail] and [providers]\n"
               "{0}/master.key       keep a copy in a safe place, apart from backups of the vault\n"
               "{0}/edge.key         for nginx: grantlink_key\n"
               "{1}/edge             for nginx: grantlink_store\n"
               "\nnext: grantlinkd --check --config {0}/grantlink.toml\n",
               options.dir, options.state);
    return 0;
}

} // namespace grantlink
