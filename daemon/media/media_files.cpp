#include "daemon/media/media_files.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace grantlink {

namespace {

[[noreturn]] void fail(const std::string& path) {
    throw std::runtime_error(path + ": " + std::strerror(errno));
}

std::string parentOf(const std::string& path) {
    return path.substr(0, path.rfind('/'));
}

// Whether it is gone now.
bool unlinked(const std::string& path) {
    return ::unlink(path.c_str()) == 0 || errno == ENOENT;
}

} // namespace

std::unique_ptr<SealedFileWriter> MediaFiles::make(const MediaName& name) const {
    if (::mkdir(directory_.c_str(), 0700) == 0)
        syncDirectoryOf(directory_);
    else if (errno != EEXIST)
        fail(directory_);
    return std::make_unique<SealedFileWriter>(pathOf(name));
}

void MediaFiles::requireFree(std::optional<std::uint64_t> bytes) const {
    struct statvfs disk {};

    int failed = ::statvfs(directory_.c_str(), &disk);
    if (failed != 0 && errno == ENOENT)
        failed = ::statvfs(parentOf(directory_).c_str(), &disk);
    if (failed != 0)
        fail(directory_);
    constexpr std::uint64_t gigabyte = 1'000'000'000;
    const std::uint64_t size = std::uint64_t{disk.f_blocks} * disk.f_frsize;
    const std::uint64_t needed = bytes.value_or(std::min(gigabyte, size / 20));
    if (std::uint64_t{disk.f_bavail} * disk.f_frsize < needed)
        throw std::runtime_error("fewer than " + std::to_string(needed) +
                                 " bytes are free on the disk of " + directory_);
}

boost::asio::awaitable<std::shared_ptr<SealedFileReader>>
MediaFiles::open(MediaFile file, std::uint64_t from, std::uint64_t count) {
    const auto work = [path = pathOf(file.name), file, from, count] {
        return ::access(path.c_str(), F_OK) != 0
                   ? std::shared_ptr<SealedFileReader>()
                   : std::make_shared<SealedFileReader>(path, file.key, from, count);
    };
    co_return co_await thread_.run(work);
}

boost::asio::awaitable<MediaFiles::Removal> MediaFiles::removeAll(std::vector<MediaName> names) {
    const auto work = [this, names = std::move(names)] {
        Removal out;
        for (const MediaName& name : names) {
            const std::string path = pathOf(name);
            if (unlinked(path))
                out.gone.push_back(name);
            else if (out.trouble.empty())
                out.trouble = path + ": " + std::strerror(errno);
        }
        return out;
    };
    co_return co_await thread_.run(work);
}

boost::asio::awaitable<std::size_t> MediaFiles::sweep(std::set<MediaName> known) {
    const auto work = [this, known = std::move(known)] {
        std::vector<std::string> surplus;
        eachCopyFile(directory_, [&](const MediaName& name, bool finished) {
            if (!finished)
                surplus.push_back(pathOf(name) + std::string(unfinishedEnd));
            else if (!known.contains(name))
                surplus.push_back(pathOf(name));
        });
        const auto gone = std::count_if(surplus.begin(), surplus.end(), unlinked);
        return static_cast<std::size_t>(gone);
    };
    co_return co_await thread_.run(work);
}

} // namespace grantlink
