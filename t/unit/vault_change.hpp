// Changes a vault from a test: waits until it is done, and throws what it threw.
#pragma once

#include "daemon/vault/lmdb_vault.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>

namespace grantlink::test {

inline void change(LmdbVault& vault, const std::function<void(VaultWriter&)>& what) {
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, vault.write(what), [](std::exception_ptr error) {
        if (error)
            std::rethrow_exception(error);
    });
    loop.run();
}

} // namespace grantlink::test
