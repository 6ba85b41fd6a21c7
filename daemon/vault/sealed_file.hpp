// A file of any size, sealed: written and read piece by piece, so that memory is bounded.
//
//   u8 version, 1 · pieces
//
// A piece is 65,536 bytes and 16 of its seal, XChaCha20-Poly1305, the last one as many as are left,
// at least one. Each is sealed by itself, so that one can begin to read anywhere. Its nonce is its
// place, and whether it is the last: none can take another's place, and a file that was cut does
// not open to its end. Each file has a key of its own; docs/formats.md, "Sealed files".
//
// These calls block: use them on a thread of their own. Errors: std::runtime_error.
#pragma once

#include "shared/secret.hpp"

#include <sodium.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace grantlink {

using FileKey = SecretArray<crypto_aead_xchacha20poly1305_ietf_KEYBYTES>;

constexpr std::size_t sealedPieceSize = 65536; // bytes, before sealing

// Makes the entry of a file or directory durable.
void syncDirectoryOf(const std::string& path);

// How large the file is of so many bytes.
std::uint64_t sealedFileSize(std::uint64_t plain);

// Under another name until it is whole: with unfinishedEnd (vault/copy_files.hpp) behind it. One
// that was not finished goes with the object.
class SealedFileWriter {
  public:
    explicit SealedFileWriter(std::string path); // a file that is not there
    ~SealedFileWriter();
    SealedFileWriter(const SealedFileWriter&) = delete;
    SealedFileWriter& operator=(const SealedFileWriter&) = delete;

    const FileKey& key() const { return key_; }

    void write(std::string_view bytes);
    // Durable under its name when it returns. Answers the number of bytes written. At least one has
    // to be.
    std::uint64_t finish();

  private:
    void put(Bytes bytes);
    void seal(std::string_view piece, bool last);

    std::string path_, part_;
    int file_ = -1;
    FileKey key_;
    std::uint64_t pieces_ = 0; // that are sealed
    std::string waiting_;      // less than a piece, or one
    std::uint64_t size_ = 0;
};

class SealedFileReader {
  public:
    // What is read begins at byte `from` of what was sealed, and has `count` of them.
    SealedFileReader(const std::string& path, const FileKey& key, std::uint64_t from,
                     std::uint64_t count);
    ~SealedFileReader();
    SealedFileReader(const SealedFileReader&) = delete;
    SealedFileReader& operator=(const SealedFileReader&) = delete;

    std::string next(); // "": that was all

  private:
    std::string open();

    int file_ = -1;
    FileKey key_;
    std::uint64_t piece_; // the next one
    std::uint64_t pieces_ = 0;
    std::uint64_t skip_, left_; // bytes, of the next piece and of all that is wanted
};

} // namespace grantlink
