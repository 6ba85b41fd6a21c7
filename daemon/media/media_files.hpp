// The directory with the copies of what posts show: <vault>/media, sealed files with random names.
//
// Which file is whose is in the vault alone. A file is there before the vault knows of it, and goes
// after the vault has forgotten it, so a daemon that was killed leaves at most a file that nobody
// knows: sweep() removes those.
//
// Thread: calls come from the loop and are awaited there; files are touched on a thread of this
// object's. Errors: std::runtime_error with what the system says.
#pragma once

#include "daemon/net/blocking.hpp"
#include "daemon/vault/copy_files.hpp"
#include "daemon/vault/sealed_file.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace grantlink {

class MediaFiles {
  public:
    explicit MediaFiles(std::string directory) : directory_(std::move(directory)) {}

    const std::string& directory() const { return directory_; }

    std::string pathOf(const MediaName& name) const { return directory_ + "/" + fileNameOf(name); }

    BlockingThread& thread() { return thread_; }

    // The following two block; for thread().

    std::unique_ptr<SealedFileWriter> make(const MediaName& name) const; // the directory, too

    // Throws when fewer bytes are free on the disk than that, which are for the vault's records.
    // Nothing: than a gigabyte, or than a twentieth of a disk that is smaller than twenty.
    void requireFree(std::optional<std::uint64_t> bytes) const;

    // Nothing: the file is not there.
    boost::asio::awaitable<std::shared_ptr<SealedFileReader>>
    open(MediaFile file, std::uint64_t from, std::uint64_t count);

    // One that cannot be removed is in nobody's way.
    struct Removal {
        std::vector<MediaName> gone; // also those that were not there
        std::string trouble;         // the first; empty: none
    };

    boost::asio::awaitable<Removal> removeAll(std::vector<MediaName> names);

    // Removes what is not known, and what was not finished; answers how many. No file may be
    // written meanwhile.
    boost::asio::awaitable<std::size_t> sweep(std::set<MediaName> known);

  private:
    std::string directory_;
    BlockingThread thread_;
};

} // namespace grantlink
