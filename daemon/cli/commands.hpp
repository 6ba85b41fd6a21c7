// The commands of `grantlink`, one function each.
//
// What a program could want goes to standard output, what only a person reads (advice, notes,
// questions) to standard error. With `json` standard output is exactly the API's JSON.
// Errors: CommandFailure.
#pragma once

#include "daemon/cli/admin_client.hpp"
#include "daemon/cli/terminal.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace grantlink {

struct Session {
    AdminClient daemon;
    bool json = false;
    Terminal out; // standard output
};

struct RequestOptions {
    std::string provider, account, notify, requester;
    std::vector<std::string> more; // accounts of the same link: provider, account, provider, …
    std::string message;           // to the recipient
    std::string brand, language;   // of the recipient's pages
    std::string expires;           // "7d"
    std::string email;             // of the recipient: grantlink sends the link itself
    std::vector<std::string> remind;
};

struct ListOptions {
    std::string status, provider, account;
};

// The approval link of a new connection, to send to somebody…
void requestCommand(const Session& session, const RequestOptions& options);
// …or to open oneself.
void loginCommand(const Session& session, const RequestOptions& options);

// `name` is what connectionId() takes.
void linkCommand(const Session& session, const std::string& name, bool asQr);
void regenerateCommand(const Session& session, const std::string& name, bool confirmed);
void cancelCommand(const Session& session, const std::string& name, bool confirmed);

// An active connection's access token, valid for at least `minTtl` ("5m"; empty: a minute).
void tokenCommand(const Session& session, const std::string& name, const std::string& minTtl);
void refreshCommand(const Session& session, const std::string& name);
void removeCommand(const Session& session, const std::string& name, bool confirmed);

struct PostsOptions {
    std::string name; // what connectionId() takes; empty: the posts of all connections
    std::size_t limit = 20;
};

void postsCommand(const Session& session, const PostsOptions& options);

// `limit`: at most so many; 0: as many as there are.
void listCommand(const Session& session, const ListOptions& options, std::size_t limit);
void historyCommand(const Session& session, const std::string& name, std::size_t limit);
void showCommand(const Session& session, const std::string& name);

struct WatchOptions {
    std::string name;  // of the only connection; empty: all
    std::string after; // number of an event; empty: from now on
};

// Prints each event as it happens, until it is interrupted; waits for a daemon that is restarted.
void watchCommand(const Session& session, const WatchOptions& options);
void statusCommand(const Session& session);
void providersCommand(const Session& session);

struct CheckOptions {
    std::string config; // empty: the daemon is asked
    std::string backup; // look at this file, not at the vault
};

// Whether all in the vault is well; answers the exit code.
int checkCommand(const Session& session, const CheckOptions& options);

struct BackupOptions {
    std::string config, file;
    bool force = false;
};

// Without the daemon, whether it runs or not.
void backupCommand(const Session& session, const BackupOptions& options);
// While it does not run; answers the exit code.
int restoreCommand(const Session& session, const BackupOptions& options, bool confirmed);

struct KeysOptions {
    std::string config;
    std::string which;       // "master" or "edge"; empty: both
    std::string nginxReload; // the command for it; empty: somebody is told to
};

void keysListCommand(const Session& session);
void keysRotateCommand(const KeysOptions& options);
void keysPruneCommand(const KeysOptions& options, bool confirmed);

struct NotificationOptions {
    std::string state = "dead"; // or "waiting"
    std::string id;             // the first characters suffice
    bool all = false;
};

// Mails and webhooks that were given up, or wait.
void notificationsCommand(const Session& session, const NotificationOptions& options);
// Of the ones that were given up: one, or all.
void replayCommand(const Session& session, const NotificationOptions& options);
void deleteNotificationsCommand(const Session& session, const NotificationOptions& options);

// Looks at preset files, without a daemon; answers the exit code.
int providerCheckCommand(const Session& session, const std::vector<std::string>& files);

// Walks a flow with a real account and shows each request, secrets hidden.
struct TryOptions {
    std::string provider, account;
    bool keep = false; // the connection, which is removed else
};

void providerTryCommand(const Session& session, const TryOptions& options);

} // namespace grantlink
