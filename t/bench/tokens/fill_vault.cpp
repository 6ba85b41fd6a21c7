// grantlink-bench-vault VAULT MASTER_KEY PROVIDER COUNT fresh|due
//
// Active connections with tokens of an hour, in a vault that no daemon uses: just obtained, or all
// due for a refresh this moment. Prints their ids.
#include "daemon/vault/lmdb_vault.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

using namespace grantlink;

constexpr std::size_t batch = 5000; // connections in a transaction
constexpr TimeMs minute = 60'000;

Connection active(const std::string& provider, TimeMs expires) {
    Connection out;
    out.id = Uuid::v7(nowMs());
    out.provider = provider;
    out.status = ConnectionStatus::active;
    out.created = out.updated = nowMs();
    out.approved = ApprovedAccount{out.id.text(), "bench", "Bench"};
    out.tokenExpires = expires;
    return out;
}

void addSome(VaultWriter& vault, const std::string& provider, std::size_t count, bool due) {
    const TimeMs now = nowMs();
    const TimeMs obtained = due ? now - 50 * minute : now;
    for (std::size_t i = 0; i < count; ++i) {
        const Connection connection = active(provider, obtained + 60 * minute);
        TokenSet tokens;
        tokens.accessToken = secretCopy("first-" + connection.id.text());
        tokens.refreshToken = secretCopy("refresh-" + connection.id.text());
        tokens.obtained = obtained;
        tokens.expires = connection.tokenExpires;
        vault.putConnection(connection);
        vault.putTokens(connection.id, tokens);
        vault.schedule(Task::upkeep, connection, due ? now : now + 24 * 60 * minute);
        std::cout << connection.id.text() << '\n';
    }
}

void fill(LmdbVault& vault, const std::string& provider, std::size_t count, bool due) {
    while (count > 0) {
        const std::size_t some = std::min(count, batch);
        const auto change = [&](VaultWriter& writer) { addSome(writer, provider, some, due); };
        boost::asio::io_context loop;
        boost::asio::co_spawn(loop, vault.write(change), [](std::exception_ptr error) {
            if (error)
                std::rethrow_exception(error);
        });
        loop.run();
        count -= some;
    }
}

} // namespace

int main(int argc, char** argv) {
    const std::string when = argc == 6 ? argv[5] : "";
    if (when != "fresh" && when != "due") {
        std::cerr << "usage: grantlink-bench-vault VAULT MASTER_KEY PROVIDER COUNT fresh|due\n";
        return 2;
    }
    try {
        auto keys = MasterKeys::load(argv[2]);
        if (!keys)
            throw std::runtime_error(keys.error().message);
        LmdbVault vault(argv[1], std::make_shared<const MasterKeyring>(std::move(*keys)));
        fill(vault, argv[3], std::stoull(argv[4]), when == "due");
    } catch (const std::exception& error) {
        std::cerr << "grantlink-bench-vault: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
