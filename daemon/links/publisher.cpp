#include "daemon/links/publisher.hpp"

#include "daemon/links/edge_directory.hpp"
#include "daemon/links/edge_views.hpp"
#include "daemon/links/sharers.hpp"
#include "shared/link_token.hpp"

#include <spdlog/spdlog.h>

#include <unistd.h>

#include <cstdint>
#include <iterator>
#include <map>

namespace grantlink {

namespace {

using Entries = std::vector<LinkWriter::Entry>;

// How many connections one step looks at: a link that is published meanwhile waits for no more.
constexpr std::size_t stepSize = 1000;

void add(Entries& to, Entries more) {
    std::move(more.begin(), more.end(), std::back_inserter(to));
}

} // namespace

// A walk through all connections. Brands that they name and the configuration does not have are
// counted on the way.
struct LinkPublisher::Walk {
    const Vault& vault;
    std::shared_ptr<LinkWriter> links;
    std::shared_ptr<const MasterKeys> keys; // as of the step
    Uuid last{};                            // the connection that was looked at last
    std::size_t known = 0;                  // links that the edge has to have of those so far
    bool ended = false;                     // there are no more connections
    bool complete = false;                  // the edge has all their links, and no others
    std::map<std::string, std::size_t> missingBrands = {};

    // The links of the next connections. There are none of one whose master key is gone.
    Entries next(const Settings& settings, std::size_t limit) {
        Entries out;
        ended = true;
        vault.read([&](const VaultReader& reader) {
            reader.eachConnection(last, limit, [&](const Connection& connection) {
                const auto sharers = sharersOf(reader, connection);
                if (sharers.front().id == connection.id) // else it has been its turn
                    add(out, entriesOf(sharers, settings, *keys));
                last = connection.id;
                ended = false;
                if (!connection.brand.empty() && !settings.config.brands.contains(connection.brand))
                    ++missingBrands[connection.brand];
            });
        });
        known += out.size();
        return out;
    }

    void report() const {
        for (const auto& [id, connections] : missingBrands)
            spdlog::warn("there is no [brands.{}] in the configuration; connections that were "
                         "asked for with it ({}) show no brand",
                         id, connections);
    }
};

LinkPublisher::LinkPublisher(const Config& config, std::shared_ptr<const MasterKeyring> keys,
                             const CurrentSettings& settings)
    : keys_(std::move(keys)), settings_(settings), edgeStore_(config.edgeStore),
      edgeGroup_(config.edgeGroup), links_(std::make_shared<LinkWriter>(config.edgeStore)) {}

std::string LinkPublisher::linkOf(const Connection& connection) const {
    const auto keys = keys_->get();
    const MasterKey* key = keys->find(connection.linkKey);
    if (!key)
        throw std::runtime_error("master.key no longer has key " +
                                 std::to_string(connection.linkKey) +
                                 ", which this link was made with; regenerate the link");
    return settings_.get()->config.approveUrl() +
           makeLinkToken(*key, connection.linkId(), connection.generation);
}

boost::asio::awaitable<void> LinkPublisher::publish(const Vault& vault, Uuid connection) {
    const auto write = [&vault, connection, links = links_, keys = keys_->get(),
                        settings = settings_.get()] {
        Entries entries;
        vault.read([&](const VaultReader& reader) {
            if (const auto found = reader.connection(connection))
                entries = entriesOf(sharersOf(reader, *found), *settings, *keys);
        });
        links->publish(entries);
    };
    try {
        co_await writer_.run(write);
    } catch (...) {
        behind_ = true; // maintenance catches up
        throw;
    }
}

boost::asio::awaitable<void> LinkPublisher::publishAll(const Vault& vault) {
    const auto links = links_;
    try {
        const bool complete = co_await update(vault);
        if (!complete)
            co_await replace(vault);
        behind_ = links != links_; // opened anew meanwhile
    } catch (...) {
        behind_ = true;
        throw;
    }
}

// Each step reads the vault and the settings of its own moment, so that it writes nothing older
// than what was published before it.
boost::asio::awaitable<bool> LinkPublisher::update(const Vault& vault) {
    const auto walk = std::make_shared<Walk>(Walk{vault, links_, keys_->get()});
    const SettingsPtr first = settings_.get();
    const auto begin = [walk, settings = settings_.get()] {
        if (walk->links->linkCount() == 0)
            return false;
        walk->links->publish(surroundingsOf(*settings));
        return true;
    };
    bool more = co_await writer_.run(begin);
    while (more) {
        const auto step = [walk, settings = settings_.get(), keys = keys_->get()] {
            walk->keys = keys;
            const Entries entries = walk->next(*settings, stepSize);
            walk->links->publish(entries);
            // Nobody publishes between the step that finds no more and this, on the same thread.
            // A link that was regenerated behind the walk makes the count differ; all is made anew
            // then for nothing, which is rare and does no harm.
            walk->complete = walk->ended && walk->links->linkCount() == walk->known;
            return !walk->ended;
        };
        more = co_await writer_.run(step);
    }
    // A reload meanwhile has a walk of its own, which reports what its configuration lacks.
    if (walk->complete && first == settings_.get())
        walk->report();
    co_return walk->complete;
}

boost::asio::awaitable<void> LinkPublisher::replace(const Vault& vault) {
    const auto walk = std::make_shared<Walk>(Walk{vault, links_, keys_->get()});
    const auto write = [walk, settings = settings_.get()] {
        Entries entries = walk->next(*settings, SIZE_MAX);
        walk->links->replaceAll(surroundingsOf(*settings), entries);
    };
    co_await writer_.run(write);
    walk->report();
}

void LinkPublisher::reopenIfLost() {
    if (links_->isCurrent())
        return;
    behind_ = true;
    makeEdgeDirectories(edgeStore_, edgeGroup_);
    // Without its data file the lock file is of no use, and two environments must not share one.
    ::unlink((edgeStore_ + "/links/lock.mdb").c_str());
    auto fresh = std::make_shared<LinkWriter>(edgeStore_);
    shareEdgeFiles(edgeStore_, edgeGroup_);
    links_ = std::move(fresh);
}

} // namespace grantlink
