// For tests: what a damaged disk, or a mistake of ours, could do to a vault. Keys and values are
// hexadecimal; no daemon runs meanwhile.
//
//   vault_tool list VAULT TABLE            key and value of each entry, a line each
//   vault_tool put VAULT TABLE KEY VALUE
//   vault_tool remove VAULT TABLE KEY
//
// And what would take a test too long to get from a provider:
//
//   vault_tool fill VAULT MASTER_KEY COUNT   so many tokens of attempts that have ended
#include "daemon/vault/lmdb_vault.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

using namespace grantlink;

namespace {

std::vector<std::uint8_t> bytesOfHex(const std::string& text) {
    std::vector<std::uint8_t> out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        out.push_back(static_cast<std::uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
    return out;
}

void printHex(Bytes bytes, const char* end) {
    for (const std::uint8_t byte : bytes)
        std::printf("%02x", byte);
    std::fputs(end, stdout);
}

void list(const lmdb::Transaction& transaction, lmdb::Database table) {
    lmdb::Cursor cursor(transaction, table);
    for (auto entry = cursor.first(); entry; entry = cursor.next()) {
        printHex(entry->first, " ");
        printHex(entry->second, "\n");
    }
}

void fill(const std::string& directory, const std::string& keyFile, int count) {
    const auto keys = MasterKeys::load(keyFile);
    if (!keys)
        throw std::runtime_error(keys.error().message);
    LmdbVault vault(directory, std::make_shared<const MasterKeyring>(*keys));
    const auto put = [count](VaultWriter& writer) {
        TokenSet tokens;
        tokens.accessToken = secretCopy("a token of nobody");
        for (int i = 0; i < count; ++i) {
            const Uuid attempt = Uuid::v7();
            writer.putAttempt(attempt, {attempt, AttemptStage::done, Outcome::cancelled, ""});
            writer.putTokens(attempt, tokens);
        }
    };
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, vault.write(put), [](std::exception_ptr error) {
        if (error)
            std::rethrow_exception(error);
    });
    loop.run();
}

bool run(const std::vector<std::string>& arguments) {
    if (arguments[0] == "fill" && arguments.size() == 4) {
        fill(arguments[1], arguments[2], std::stoi(arguments[3]));
        return true;
    }
    const lmdb::Environment env(arguments[1],
                                {.mapSize = std::size_t{64} << 30, .maxDatabases = 32});
    lmdb::WriteTransaction write(env);
    const lmdb::Database table = write.open(arguments[2].c_str());
    if (arguments[0] == "list" && arguments.size() == 3)
        list(write, table);
    else if (arguments[0] == "put" && arguments.size() == 5)
        write.put(table, bytesOfHex(arguments[3]), bytesOfHex(arguments[4]));
    else if (arguments[0] != "remove" || arguments.size() != 4 ||
             !write.remove(table, bytesOfHex(arguments[3])))
        return false;
    write.commit();
    return true;
}

} // namespace

int main(int argc, char** argv) {
    try {
        if (argc >= 4 && run({argv + 1, argv + argc}))
            return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "vault_tool: %s\n", error.what());
        return 1;
    }
    std::fputs("vault_tool: there is no such command or entry\n", stderr);
    return 2;
}
