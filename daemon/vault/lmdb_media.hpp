// The vault's tables of copies of media, inside one transaction. They follow from the posts, and
// are changed with them: whatever makes a post go, or its copy, leaves the file's name to be
// erased.
//
// - media: u64 number of the post, big endian → name of the file (16) · u64 size, big endian
// - media_wanted: connection id · u64 number, big endian → u64 not to be tried before (ms), big
//   endian
// - media_erased: name of a file that is to be removed → u64 size, big endian
// - meta: "media_bytes" → u64, big endian: the sum of all sizes in media and media_erased
//
// A name says nothing, so that it need not be sealed; how to open the file is in the sealed post.
#pragma once

#include "daemon/vault/lmdb_vault.hpp"

namespace grantlink {

MediaName copyNameIn(Bytes file); // of a record in media
std::uint64_t copySizeIn(Bytes file);
std::string wantedCopyKey(const Uuid& connection, std::uint64_t number); // in media_wanted

struct MediaReads {
    const lmdb::Transaction& transaction;
    const MediaTables& tables;

    std::vector<WantedCopy> wanted(const Uuid& connection) const;
    CopyStock stock() const;
    std::vector<MediaName> erased(std::size_t limit, const MediaName& after) const;
    void each(const std::function<void(std::uint64_t number, const MediaName&)>& visit) const;
};

struct MediaWrites {
    lmdb::WriteTransaction& write;
    const MediaTables& tables;

    void follow(const StoredPost& post); // which was just put
    void forget(const Uuid& connection, std::uint64_t number);
    void forgetWanted(const Uuid& connection, std::uint64_t number);
    void forgetErased(const MediaName& name);

  private:
    void addBytes(std::uint64_t more);
    void leave(std::uint64_t number, const MediaName* unless);
};

} // namespace grantlink
