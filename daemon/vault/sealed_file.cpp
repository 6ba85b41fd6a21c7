#include "daemon/vault/sealed_file.hpp"

#include "daemon/net/fault_point.hpp"
#include "daemon/vault/copy_files.hpp"
#include "shared/byte_order.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace grantlink {

namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t headSize = 1;
constexpr std::size_t sealSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t sealedSize = sealedPieceSize + sealSize;

using Nonce = std::array<std::uint8_t, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES>;

// The key is the file's alone, and each place is sealed once.
Nonce nonceOf(std::uint64_t piece, bool last) {
    Nonce out{};
    storeLittleEndian(out.data(), piece);
    out.back() = last ? 1 : 0;
    return out;
}

[[noreturn]] void fail(const std::string& path) {
    throw std::runtime_error(path + ": " + std::strerror(errno));
}

[[noreturn]] void refuse(const char* what) {
    throw std::runtime_error(std::string("a sealed file ") + what);
}

// As many as there are, up to `most`.
std::vector<std::uint8_t> readUpTo(int file, std::size_t most) {
    std::vector<std::uint8_t> out(most);
    std::size_t size = 0;
    while (size < most) {
        const ssize_t count = ::read(file, out.data() + size, most - size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            fail("a sealed file");
        if (count == 0)
            break;
        size += static_cast<std::size_t>(count);
    }
    out.resize(size);
    return out;
}

} // namespace

void syncDirectoryOf(const std::string& path) {
    const std::string directory = path.substr(0, path.rfind('/'));
    const int opened = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened < 0)
        fail(directory);
    const int failed = ::fsync(opened) == 0 ? 0 : errno;
    ::close(opened);
    errno = failed;
    if (failed)
        fail(directory);
}

std::uint64_t sealedFileSize(std::uint64_t plain) {
    return headSize + plain + (plain + sealedPieceSize - 1) / sealedPieceSize * sealSize;
}

SealedFileWriter::SealedFileWriter(std::string path)
    : path_(std::move(path)), part_(path_ + std::string(unfinishedEnd)) {
    file_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file_ < 0)
        fail(part_);
    crypto_aead_xchacha20poly1305_ietf_keygen(key_.data());
    try {
        put(std::array{version});
    } catch (...) {
        ::close(file_);
        ::unlink(part_.c_str());
        throw;
    }
}

SealedFileWriter::~SealedFileWriter() {
    if (file_ < 0)
        return;
    ::close(file_);
    ::unlink(part_.c_str());
}

void SealedFileWriter::put(Bytes bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            fail(part_);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
}

void SealedFileWriter::seal(std::string_view piece, bool last) {
    std::vector<std::uint8_t> sealed(piece.size() + sealSize);
    const Nonce nonce = nonceOf(pieces_++, last);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data(), nullptr, bytesOf(piece).data(),
                                               piece.size(), nullptr, 0, nullptr, nonce.data(),
                                               key_.data());
    put(sealed);
}

// The last piece waits until it is known to be the last.
void SealedFileWriter::write(std::string_view bytes) {
    size_ += bytes.size();
    while (!bytes.empty()) {
        if (waiting_.size() == sealedPieceSize) {
            seal(waiting_, false);
            waiting_.clear();
        }
        const std::size_t more = std::min(bytes.size(), sealedPieceSize - waiting_.size());
        waiting_ += bytes.substr(0, more);
        bytes.remove_prefix(more);
    }
}

std::uint64_t SealedFileWriter::finish() {
    seal(waiting_, true);
    if (::fsync(file_) != 0)
        fail(part_);
    faultPoint();
    if (::rename(part_.c_str(), path_.c_str()) != 0)
        fail(part_);
    ::close(file_);
    file_ = -1;
    faultPoint();
    try {
        syncDirectoryOf(path_);
    } catch (...) {
        ::unlink(path_.c_str()); // nobody will know of it
        throw;
    }
    return size_;
}

SealedFileReader::SealedFileReader(const std::string& path, const FileKey& key, std::uint64_t from,
                                   std::uint64_t count)
    : key_(key), piece_(from / sealedPieceSize), skip_(from % sealedPieceSize), left_(count) {
    file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file_ < 0)
        fail(path);
    try {
        const auto head = readUpTo(file_, headSize);
        if (head.size() != headSize || head[0] != version)
            refuse("has no beginning that is known");

        struct stat info {};

        const off_t place = static_cast<off_t>(headSize + piece_ * sealedSize);
        if (::fstat(file_, &info) != 0 || ::lseek(file_, place, SEEK_SET) < 0)
            fail(path);
        const std::uint64_t size = static_cast<std::uint64_t>(info.st_size) - headSize;
        pieces_ = (size + sealedSize - 1) / sealedSize;
    } catch (...) {
        ::close(file_);
        throw;
    }
}

SealedFileReader::~SealedFileReader() {
    ::close(file_);
}

std::string SealedFileReader::open() {
    const auto sealed = readUpTo(file_, sealedSize);
    if (sealed.size() <= sealSize)
        refuse("ends too early");
    std::string out(sealed.size() - sealSize, '\0');
    const Nonce nonce = nonceOf(piece_, piece_ + 1 == pieces_);
    ++piece_;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(reinterpret_cast<std::uint8_t*>(out.data()),
                                                   nullptr, nullptr, sealed.data(), sealed.size(),
                                                   nullptr, 0, nonce.data(), key_.data()) != 0)
        refuse("was changed, or has another key");
    return out;
}

std::string SealedFileReader::next() {
    if (left_ == 0)
        return {};
    std::string out = open();
    if (skip_ >= out.size())
        refuse("ends too early");
    out = out.substr(skip_, std::min<std::uint64_t>(left_, out.size() - skip_));
    skip_ = 0;
    left_ -= out.size();
    return out;
}

} // namespace grantlink
