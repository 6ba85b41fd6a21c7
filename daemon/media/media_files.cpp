#include "daemon/media/media_files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace grantlink {

namespace {

[[noreturn]] void fail(const std::string& path) {
    throw std::runtime_error(path + ": " + std::strerror(errno));
}

} // namespace

std::unique_ptr<SealedFileWriter> MediaFiles::make(const MediaName& name) const {
    if (::mkdir(directory_.c_str(), 0700) != 0 && errno != EEXIST)
        fail(directory_);
    return std::make_unique<SealedFileWriter>(pathOf(name));
}

void MediaFiles::remove(const MediaName& name) const {
    const std::string path = pathOf(name);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        fail(path);
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

boost::asio::awaitable<void> MediaFiles::removeAll(std::vector<MediaName> names) {
    const auto work = [this, names = std::move(names)] {
        for (const MediaName& name : names)
            remove(name);
    };
    co_await thread_.run(work);
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
        for (const std::string& path : surplus)
            if (::unlink(path.c_str()) != 0 && errno != ENOENT)
                fail(path);
        return surplus.size();
    };
    co_return co_await thread_.run(work);
}

} // namespace grantlink
