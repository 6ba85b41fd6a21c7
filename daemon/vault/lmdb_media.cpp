#include "daemon/vault/lmdb_media.hpp"

#include "daemon/vault/lmdb_keys.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t nameSize = std::tuple_size_v<MediaName>;
constexpr std::string_view bytesKey = "media_bytes";

} // namespace

std::uint64_t copySizeIn(Bytes file) {
    return numberIn(textOf(file.subspan(std::min(nameSize, file.size()))));
}

std::string wantedCopyKey(const Uuid& connection, std::uint64_t number) {
    return std::string(textOf(connection.bytes)) + bigEndian(number);
}

MediaName copyNameIn(Bytes file) {
    MediaName out{};
    std::copy_n(file.begin(), std::min(file.size(), out.size()), out.begin());
    return out;
}

std::vector<WantedCopy> MediaReads::wanted(const Uuid& connection) const {
    std::vector<WantedCopy> out;
    const std::string_view prefix = textOf(connection.bytes);
    lmdb::Cursor cursor(transaction, tables.wanted);
    for (auto entry = cursor.atOrAfter(connection.bytes);
         entry && textOf(entry->first).starts_with(prefix); entry = cursor.next())
        out.push_back({numberIn(textOf(entry->first).substr(prefix.size())),
                       numberIn(textOf(entry->second))});
    return out;
}

CopyStock MediaReads::stock() const {
    const auto bytes = transaction.get(tables.meta, bytesOf(bytesKey));
    return {transaction.count(tables.files), bytes ? numberIn(textOf(*bytes)) : 0};
}

std::vector<MediaName> MediaReads::erased(std::size_t limit, const MediaName& after) const {
    std::vector<MediaName> out;
    lmdb::Cursor cursor(transaction, tables.erased);
    for (auto entry = cursor.atOrAfter(after); entry && out.size() < limit; entry = cursor.next())
        if (const MediaName name = copyNameIn(entry->first); name != after)
            out.push_back(name);
    return out;
}

void MediaReads::each(
    const std::function<void(std::uint64_t number, const MediaName&)>& visit) const {
    lmdb::Cursor cursor(transaction, tables.files);
    for (auto entry = cursor.first(); entry; entry = cursor.next())
        visit(numberIn(textOf(entry->first)), copyNameIn(entry->second));
}

void MediaWrites::addBytes(std::uint64_t more) { // modulo 2^64, so that it takes away as well
    const std::uint64_t bytes = MediaReads{write, tables}.stock().bytes + more;
    write.put(tables.meta, bytesOf(bytesKey), bytesOf(bigEndian(bytes)));
}

// The file that the post had goes, unless it is this one.
void MediaWrites::leave(std::uint64_t number, const MediaName* unless) {
    const std::string key = bigEndian(number);
    const auto file = write.get(tables.files, bytesOf(key));
    if (!file || (unless && copyNameIn(*file) == *unless))
        return;
    const MediaName name = copyNameIn(*file);
    const std::uint64_t size = copySizeIn(*file);
    write.put(tables.erased, name, bytesOf(bigEndian(size)));
    write.remove(tables.files, bytesOf(key));
}

void MediaWrites::follow(const StoredPost& post) {
    const MediaCopy& copy = post.copy;
    const std::string wanted = wantedCopyKey(post.connection, post.number);
    if (copy.state == CopyState::wanted)
        write.put(tables.wanted, bytesOf(wanted), bytesOf(bigEndian(copy.next)));
    else
        write.remove(tables.wanted, bytesOf(wanted));
    const bool kept = copy.state == CopyState::kept;
    leave(post.number, kept ? &copy.file.name : nullptr);
    const std::string key = bigEndian(post.number);
    if (!kept || write.get(tables.files, bytesOf(key)))
        return;
    const std::string file = std::string(textOf(copy.file.name)) + bigEndian(copy.file.size);
    write.put(tables.files, bytesOf(key), bytesOf(file));
    addBytes(copy.file.size);
}

void MediaWrites::forget(const Uuid& connection, std::uint64_t number) {
    forgetWanted(connection, number);
    leave(number, nullptr);
}

void MediaWrites::forgetWanted(const Uuid& connection, std::uint64_t number) {
    write.remove(tables.wanted, bytesOf(wantedCopyKey(connection, number)));
}

void MediaWrites::forgetErased(const MediaName& name) {
    const auto size = write.get(tables.erased, name);
    if (!size)
        return;
    addBytes(-numberIn(textOf(*size)));
    write.remove(tables.erased, name);
}

} // namespace grantlink
