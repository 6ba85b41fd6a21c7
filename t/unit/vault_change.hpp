// Master keys for a vault, and changing it from a test: waits until it is done, and throws what it
// threw.
#pragma once

#include "daemon/vault/lmdb_vault.hpp"

#include "t/unit/cmocka.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>

namespace grantlink::test {

inline std::shared_ptr<const MasterKeyring> newMasterKeys() {
    auto keys = MasterKeys::parse(generateKeyFiles().master, "master.key");
    assert_true(keys.has_value());
    return std::make_shared<const MasterKeyring>(std::move(*keys));
}

// Thrown only when the loop has ended by itself: the vault's thread still holds on to it when the
// write is done.
inline void change(LmdbVault& vault, const std::function<void(VaultWriter&)>& what) {
    boost::asio::io_context loop;
    std::exception_ptr failure;
    boost::asio::co_spawn(loop, vault.write(what),
                          [&](std::exception_ptr error) { failure = error; });
    loop.run();
    if (failure)
        std::rethrow_exception(failure);
}

} // namespace grantlink::test
