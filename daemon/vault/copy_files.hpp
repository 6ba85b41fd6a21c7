// The files of copies of media, beside the vault's own: <vault>/media. What is in them is
// vault/sealed_file.hpp's business.
//
// Errors: std::runtime_error with what the system says.
#pragma once

#include "daemon/vault/vault.hpp"

#include <functional>
#include <set>
#include <string>

namespace grantlink {

inline std::string copyDirectory(const std::string& vault) {
    return vault + "/media";
}

std::string fileNameOf(const MediaName& name); // 32 hexadecimal digits

// What an unfinished file has behind its name.
inline constexpr std::string_view unfinishedEnd = ".part";

// Every file that is named as one of ours; none, when there is no directory. Others are left alone.
void eachCopyFile(const std::string& directory,
                  const std::function<void(const MediaName&, bool finished)>& visit);

// Finished files, as they were before a look at the vault began: see VaultReport of checkVault().
struct CopyListing {
    std::string directory;
    std::set<MediaName> names;
};

CopyListing listCopies(const std::string& vault);

// For a vault that comes from a backup: copies whose files are not there are copies no longer. They
// are made again when a poll reads their posts. Answers how many.
std::size_t forgetMissingCopies(VaultWriter& vault, const CopyListing& files);

} // namespace grantlink
