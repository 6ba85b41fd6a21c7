// The commands for the vault as a whole: is it well, a copy of it, and back.
#include "daemon/cli/commands.hpp"

#include "daemon/cli/failure.hpp"
#include "daemon/cli/local_vault.hpp"
#include "daemon/cli/output.hpp"
#include "daemon/text/printable.hpp"
#include "daemon/vault/copy_files.hpp"
#include "daemon/vault/vault_backup.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace grantlink {

namespace {

namespace fs = std::filesystem;

class File {
  public:
    explicit File(int number) : number_(number) {}

    ~File() {
        if (number_ >= 0)
            ::close(number_);
    }

    File(const File&) = delete;
    File& operator=(const File&) = delete;

    int number() const { return number_; }

  private:
    int number_;
};

[[noreturn]] void fail(const fs::path& path) {
    throw CommandFailure(errno == EACCES ? ExitCode::notPermitted : ExitCode::usage,
                         fmt::format("{}: {}", path.string(), std::strerror(errno)));
}

std::string summaryOf(const Json& report) {
    const Json checked = report["checked"];
    std::string counts;
    for (const std::string& what : checked.keys())
        counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", checked[what].integer(), what);
    const auto wrong = report["wrong"].integer();
    return wrong == 0 ? fmt::format("All is well: {}.", counts)
                      : fmt::format("{} wrong, of {}.", wrong, counts);
}

// Returns the exit code.
int tell(const Session& session, const Json& report, const std::string& body) {
    const Json faults = report["faults"];
    if (session.json) {
        print(body);
    } else {
        for (std::size_t i = 0; i < faults.size(); ++i) {
            const Json fault = faults.at(i);
            print(fmt::format("{}: {}: {}", printable(fault["table"].str()),
                              printable(fault["key"].str()), printable(fault["what"].str(), 400)));
        }
        print(summaryOf(report));
    }
    return report["wrong"].integer() == 0 ? 0 : static_cast<int>(ExitCode::refused);
}

int tell(const Session& session, const VaultReport& report) {
    const Json json = toJson(report);
    return tell(session, json, json.dump());
}

std::string megabytes(std::uint64_t bytes) {
    return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
}

void syncDirectoryOf(const fs::path& path) {
    const fs::path directory = path.has_parent_path() ? path.parent_path() : ".";
    const File opened(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.number() < 0 || ::fsync(opened.number()) != 0)
        fail(directory);
}

// Under another name until it is whole; one backup at a time has that.
int openPart(const std::string& part) {
    const int file = ::open(part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        fail(part);
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        ::close(file);
        throw CommandFailure(ExitCode::refused, part + ": another backup is being written to it");
    }
    if (::fchmod(file, 0600) != 0 || ::ftruncate(file, 0) != 0) {
        ::close(file);
        fail(part);
    }
    return file;
}

} // namespace

int checkCommand(const Session& session, const CheckOptions& options) {
    if (options.config.empty() && options.backup.empty()) {
        const ApiReply reply = session.daemon.post("/v1/check");
        return tell(session, reply.json, reply.body);
    }
    const LocalVault local =
        readLocalVault(options.config.empty() ? defaultConfig : options.config);
    if (!options.backup.empty())
        return tell(session, checkBackup(options.backup, local.keys));
    actAsOwnerOf(local.config.vault);
    return tell(session, checkVaultAt(local.config.vault, local.keys));
}

void backupCommand(const Session& session, const BackupOptions& options) {
    const Config config = readConfig(options.config);
    if (!options.force && fs::exists(options.file))
        throw CommandFailure(ExitCode::refused,
                             options.file + ": is there already; add --force to replace it");
    const std::string part = options.file + ".part";
    const File file(openPart(part));
    const bool watched = isatty(STDERR_FILENO);
    const auto progress = [watched](std::uint64_t bytes) {
        if (watched)
            fmt::print(stderr, "\r{} ", megabytes(bytes));
    };
    const uid_t self = ::geteuid();
    try {
        actAsOwnerOf(config.vault);
        backUpVault(config.vault, file.number(), progress);
    } catch (...) {
        (void)!::seteuid(self); // what root has made only root may remove
        ::unlink(part.c_str());
        throw;
    }
    if (::seteuid(self) != 0 || ::rename(part.c_str(), options.file.c_str()) != 0)
        fail(options.file);
    syncDirectoryOf(options.file);
    if (watched)
        fmt::print(stderr, "\r");
    const auto size = fs::file_size(options.file);
    if (session.json)
        print(Json::object().set("file", options.file).set("bytes", size).dump());
    else
        print(fmt::format("{}: {}", options.file, megabytes(size)));
    advise("\nThe keys are not in it. Without a copy of master.key nothing in it can be opened.");
    if (fs::exists(copyDirectory(config.vault)))
        advise("Nor are the copies of media: they are the files in " + copyDirectory(config.vault) +
               ".");
}

int restoreCommand(const Session& session, const BackupOptions& options, bool confirmed) {
    const LocalVault local = readLocalVault(options.config);
    const File backup(::open(options.file.c_str(), O_RDONLY | O_CLOEXEC));
    if (backup.number() < 0)
        fail(options.file);
    if (!confirmed)
        confirm(fmt::format("{}: what has changed since the backup is forgotten; links that were "
                            "replaced or cancelled since then work again",
                            local.config.vault),
                "Put the backup in its place?");
    actAsOwnerOf(local.config.vault);
    const Restored restored =
        restoreVault(backup.number(), local.config.vault, local.keys, options.force);
    const int code = tell(session, restored.report);
    if (!restored.installed)
        throw CommandFailure(ExitCode::refused,
                             options.file + ": nothing was changed, since not all of it is well; "
                                            "add --force to restore it all the same");
    if (!restored.previous.empty())
        advise("The vault that was there is now " + restored.previous + ".");
    if (restored.missingCopies > 0)
        advise(fmt::format("The files of {} copies of media are not in {}; they are copied again "
                           "when their posts are read, where the provider still has them.",
                           restored.missingCopies, copyDirectory(local.config.vault)));
    advise("Start grantlinkd; it makes the edge's links anew.");
    return options.force ? 0 : code;
}

} // namespace grantlink
