#include "daemon/vault/lmdb_posts.hpp"

#include "daemon/vault/lmdb_keys.hpp"
#include "daemon/vault/lmdb_media.hpp"
#include "daemon/vault/seal.hpp"
#include "shared/byte_order.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t uuidSize = 16, numberSize = 8;

std::string timeKey(const Uuid& connection, const PostPlace& place) {
    return std::string(textOf(connection.bytes)) + bigEndian(place.time) + bigEndian(place.number);
}

PostPlace placeIn(std::string_view timeKey) {
    return {numberIn(timeKey.substr(uuidSize)), numberIn(timeKey.substr(uuidSize + numberSize))};
}

// Ids may be longer than a key may be.
std::string idKey(const Uuid& connection, const std::string& id) {
    PostHash hash;
    crypto_generichash(hash.data(), hash.size(), bytesOf(id).data(), id.size(), nullptr, 0);
    return std::string(textOf(connection.bytes)).append(textOf(hash));
}

constexpr PostPlace newest{~TimeMs{0}, ~std::uint64_t{0}};

// The entry before the one with the key, whether there is one with it or not.
std::optional<lmdb::Cursor::Entry> before(lmdb::Cursor& cursor, const std::string& key) {
    return cursor.atOrAfter(bytesOf(key)) ? cursor.previous() : cursor.last();
}

bool isOf(const Uuid& connection, const std::optional<lmdb::Cursor::Entry>& entry) {
    return entry && textOf(entry->first).starts_with(textOf(connection.bytes));
}

} // namespace

std::optional<StoredPost> PostReads::at(std::uint64_t number) const {
    const auto sealed = transaction.get(tables.posts, bytesOf(bigEndian(number)));
    return sealed ? openPost(keys, number, *sealed) : std::nullopt;
}

std::optional<StoredPost> PostReads::find(const Uuid& connection, const std::string& id) const {
    const auto number = transaction.get(tables.byId, bytesOf(idKey(connection, id)));
    return number ? at(numberIn(textOf(*number))) : std::nullopt;
}

bool PostReads::knows(const Uuid& connection, const std::string& id) const {
    return transaction.get(tables.byId, bytesOf(idKey(connection, id))).has_value();
}

PostPage PostReads::list(const PostQuery& query) const {
    PostPage out;
    query.connection ? listOf(query, out) : listAll(query, out);
    return out;
}

// One whose key is gone is not shown; it is replaced when it is collected again.
void PostReads::listOf(const PostQuery& query, PostPage& out) const {
    const Uuid& connection = *query.connection;
    lmdb::Cursor cursor(transaction, tables.byTime);
    PostPlace last;
    for (auto entry = before(cursor, timeKey(connection, query.after.value_or(newest)));
         isOf(connection, entry); entry = cursor.previous()) {
        const PostPlace place = placeIn(textOf(entry->first));
        if (place.time < query.since)
            return;
        if (out.posts.size() == query.limit) {
            out.next = last;
            return;
        }
        last = place;
        if (auto post = at(place.number))
            out.posts.push_back(std::move(*post));
    }
}

void PostReads::listAll(const PostQuery& query, PostPage& out) const {
    lmdb::Cursor cursor(transaction, tables.posts);
    PostPlace last;
    for (auto entry = before(cursor, bigEndian(query.after.value_or(newest).number)); entry;
         entry = cursor.previous()) {
        if (out.posts.size() == query.limit) {
            out.next = last;
            return;
        }
        last.number = numberIn(textOf(entry->first));
        if (auto post = openPost(keys, last.number, entry->second))
            out.posts.push_back(std::move(*post));
    }
}

PostStock PostReads::stock(const Uuid& connection) const {
    PostStock out;
    lmdb::Cursor cursor(transaction, tables.byTime);
    for (auto entry = cursor.atOrAfter(connection.bytes); isOf(connection, entry);
         entry = cursor.next()) {
        const TimeMs time = placeIn(textOf(entry->first)).time;
        out.oldest = out.count == 0 ? time : out.oldest;
        out.newest = time;
        ++out.count;
    }
    return out;
}

std::vector<Uuid> PostReads::owners(const Uuid& after, std::size_t limit) const {
    std::vector<Uuid> out;
    lmdb::Cursor cursor(transaction, tables.byTime);
    const auto behind = [&](const Uuid& id) {
        return cursor.atOrAfter(bytesOf(timeKey(id, newest)));
    };
    for (auto entry = behind(after); entry && out.size() < limit; entry = behind(out.back()))
        out.push_back(RecordReader(entry->first).uuid());
    return out;
}

Collecting PostReads::collecting(const Uuid& connection) const {
    const auto record = transaction.get(tables.collecting, connection.bytes);
    return record ? collectingFromJson(Json::parse(textOf(*record))) : Collecting{};
}

std::uint64_t PostWrites::nextNumber() const {
    lmdb::Cursor cursor(write, tables.posts);
    const auto last = cursor.last();
    const std::uint64_t now = nowMs() * 1000;
    return last ? std::max(now, numberIn(textOf(last->first)) + 1) : now;
}

// A new post's; or that of one which cannot be opened any more, and whose time may have been
// another.
std::uint64_t PostWrites::numberFor(const StoredPost& post, const std::string& byId) {
    const auto old = write.get(tables.byId, bytesOf(byId));
    if (!old)
        return nextNumber();
    const std::uint64_t number = numberIn(textOf(*old));
    std::string found;
    {
        lmdb::Cursor cursor(write, tables.byTime);
        for (auto entry = cursor.atOrAfter(post.connection.bytes);
             isOf(post.connection, entry) && found.empty(); entry = cursor.next())
            if (textOf(entry->second) == byId)
                found = textOf(entry->first);
    }
    write.remove(tables.byTime, bytesOf(found));
    return number;
}

std::uint64_t PostWrites::put(const StoredPost& given) {
    StoredPost post = given;
    const std::string byId = idKey(post.connection, post.id);
    if (post.number == 0)
        post.number = numberFor(post, byId);
    write.put(tables.posts, bytesOf(bigEndian(post.number)),
              bytesOf(sealPost(keys.current(), post)));
    write.put(tables.byTime, bytesOf(timeKey(post.connection, {post.time, post.number})),
              bytesOf(byId));
    write.put(tables.byId, bytesOf(byId), bytesOf(bigEndian(post.number)));
    MediaWrites{write, tables.media}.follow(post);
    return post.number;
}

std::size_t PostWrites::removeOldest(const Uuid& connection, std::size_t count) {
    std::size_t removed = 0;
    for (; removed < count; ++removed) {
        std::string byTime, byId;
        {
            lmdb::Cursor cursor(write, tables.byTime);
            const auto entry = cursor.atOrAfter(connection.bytes);
            if (!isOf(connection, entry))
                return removed;
            byTime = textOf(entry->first);
            byId = textOf(entry->second);
        }
        const std::uint64_t number = placeIn(byTime).number;
        MediaWrites{write, tables.media}.forget(connection, number);
        write.remove(tables.posts, bytesOf(bigEndian(number)));
        write.remove(tables.byId, bytesOf(byId));
        write.remove(tables.byTime, bytesOf(byTime));
    }
    return removed;
}

std::size_t PostWrites::prune(const Uuid& connection, const PostLimits& limits, std::size_t limit) {
    std::size_t old = 0, count = 0;
    {
        lmdb::Cursor cursor(write, tables.byTime);
        for (auto entry = cursor.atOrAfter(connection.bytes); isOf(connection, entry);
             entry = cursor.next(), ++count)
            if (placeIn(textOf(entry->first)).time < limits.before)
                ++old;
    }
    const std::size_t surplus = count > limits.most ? count - limits.most : 0;
    return removeOldest(connection, std::min(std::max(old, surplus), limit));
}

void PostWrites::erase(const Uuid& connection) {
    removeOldest(connection, ~std::size_t{0});
    write.remove(tables.collecting, connection.bytes);
}

void PostWrites::putCollecting(const Uuid& connection, const Collecting& collecting) {
    write.put(tables.collecting, connection.bytes, bytesOf(toJson(collecting).dump()));
}

} // namespace grantlink
