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
    std::string brand, language; // of the recipient's pages
    std::string expires;         // "7d"
};

struct ListOptions {
    std::string status, provider, account;
    std::size_t limit = 100;
    bool all = false; // as many as there are, whatever the limit says
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

void listCommand(const Session& session, const ListOptions& options);
void showCommand(const Session& session, const std::string& name);
void statusCommand(const Session& session);
void providersCommand(const Session& session);

// Looks at preset files, without a daemon; answers the exit code.
int providerCheckCommand(const Session& session, const std::vector<std::string>& files);

// Walks a flow with a real account and shows each request, secrets hidden.
struct TryOptions {
    std::string provider, account;
    bool keep = false; // the connection, which is removed else
};

void providerTryCommand(const Session& session, const TryOptions& options);

} // namespace grantlink
