#include "daemon/links/sharers.hpp"

#include <algorithm>

namespace grantlink {

std::vector<Connection> sharersOf(const VaultReader& vault, const Connection& connection) {
    if (connection.together.empty())
        return {connection};
    std::vector<Connection> out;
    for (const Uuid& id : connection.together) {
        if (id == connection.id)
            out.push_back(connection);
        else if (auto other = vault.connection(id))
            out.push_back(std::move(*other));
    }
    return out;
}

std::vector<Connection> waitingWith(const VaultReader& vault, const Connection& connection,
                                    TimeMs now) {
    if (connection.linkExpires <= now)
        return {};
    std::vector<Connection> out = sharersOf(vault, connection);
    std::erase_if(out, [](const Connection& one) { return !one.waits(); });
    return out;
}

std::vector<Connection> waitingWith(const VaultReader& vault, const Uuid& connection, TimeMs now) {
    const auto found = vault.connection(connection);
    return found ? waitingWith(vault, *found, now) : std::vector<Connection>();
}

Uuid taskHolderOf(const Connection& connection) {
    return connection.together.empty() ? connection.id : connection.together.front();
}

void replaceLink(VaultWriter& vault, Connection& connection, KeyId key, TimeMs expires) {
    renewLink(connection, key, expires);
    for (Connection& sharer : sharersOf(vault, connection)) {
        sharer.generation = connection.generation;
        sharer.linkKey = connection.linkKey;
        sharer.linkExpires = connection.linkExpires;
        sharer.linkMade = connection.linkMade;
        if (sharer.waits())
            sharer.opened = sharer.started = 0;
        vault.putConnection(sharer);
    }
}

std::optional<Uuid> leaveLink(VaultWriter& vault, Connection& connection) {
    std::vector<Connection> others = sharersOf(vault, connection);
    std::erase_if(others, [&](const Connection& one) { return one.id == connection.id; });
    const bool wanted = std::any_of(others.begin(), others.end(),
                                    [](const Connection& one) { return one.waits(); });
    if (!wanted)
        return std::nullopt;
    const bool held = taskHolderOf(connection) == connection.id;
    for (Connection& other : others) {
        std::erase(other.together, connection.id);
        vault.putConnection(other);
    }
    for (const Task task : {Task::warn, Task::remind}) {
        if (const auto due = vault.dueTime(task, connection.id); held && due) {
            vault.unschedule(task, connection.id);
            vault.schedule(task, others.front(), *due);
        }
    }
    connection.together.clear();
    connection.sharedLink = {};
    return others.front().id;
}

} // namespace grantlink
