// For tests: many connections without as many approvals. grantlinkd must not run.
//
//   connect_tool VAULT MASTER_KEY PROVIDER COUNT
//
// makes active connections that are to be collected at once, all with the access token that is the
// first line of standard input.
#include "daemon/vault/lmdb_vault.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <exception>
#include <iostream>
#include <string>

using namespace grantlink;

namespace {

Connection connectionNumber(int i, const std::string& provider) {
    Connection out;
    out.id = Uuid::v7();
    out.provider = provider;
    out.account = "@many" + std::to_string(i);
    out.status = ConnectionStatus::active;
    out.requester = "connect_tool";
    out.created = out.updated = nowMs();
    out.approved = ApprovedAccount{std::to_string(i), "many" + std::to_string(i), ""};
    return out;
}

void connect(const std::string& directory, const std::string& keyFile, const std::string& provider,
             int count) {
    auto keys = MasterKeys::load(keyFile);
    std::string token;
    if (!keys || !std::getline(std::cin, token))
        throw std::runtime_error("there is no such key file, or no token");
    const auto shared = std::make_shared<const MasterKeyring>(std::move(*keys));
    LmdbVault vault(directory, shared);
    TokenSet tokens;
    tokens.accessToken = secretCopy(token);
    tokens.obtained = nowMs();
    const TimeMs tomorrow = nowMs() + TimeMs{24} * 3600 * 1000;
    const auto fill = [&](VaultWriter& writer) {
        for (int i = 0; i < count; ++i) {
            Connection connection = connectionNumber(i, provider);
            connection.linkKey = shared->get()->current().id;
            writer.putConnection(connection);
            writer.putTokens(connection.id, tokens);
            writer.schedule(Task::upkeep, connection, tomorrow);
            writer.schedule(Task::collect, connection, nowMs());
        }
    };
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, vault.write(fill), [](std::exception_ptr error) {
        if (error)
            std::rethrow_exception(error);
    });
    loop.run();
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc != 5)
            throw std::runtime_error("usage: connect_tool VAULT MASTER_KEY PROVIDER COUNT");
        connect(argv[1], argv[2], argv[3], std::stoi(argv[4]));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "connect_tool: %s\n", error.what());
        return 1;
    }
}
