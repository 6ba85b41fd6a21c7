#include "daemon/vault/copy_files.hpp"

#include <sodium.h>

#include <filesystem>
#include <optional>
#include <vector>

namespace grantlink {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t digits = 2 * std::tuple_size_v<MediaName>;

std::optional<MediaName> nameIn(const std::string& text) {
    MediaName out{};
    std::size_t size = 0;
    const bool whole =
        text.size() == digits && sodium_hex2bin(out.data(), out.size(), text.data(), text.size(),
                                                nullptr, &size, nullptr) == 0;
    return whole && size == out.size() ? std::optional(out) : std::nullopt;
}

} // namespace

std::string fileNameOf(const MediaName& name) {
    std::string out(digits + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), name.data(), name.size());
    out.pop_back();
    return out;
}

void eachCopyFile(const std::string& directory,
                  const std::function<void(const MediaName&, bool finished)>& visit) {
    if (!fs::exists(directory))
        return;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
        const std::string file = entry.path().filename().string();
        const auto name = nameIn(file.substr(0, digits));
        const std::string end = name ? file.substr(digits) : "?";
        if (end.empty() || end == unfinishedEnd)
            visit(*name, end.empty());
    }
}

CopyListing listCopies(const std::string& vault) {
    CopyListing out{copyDirectory(vault), {}};
    eachCopyFile(out.directory, [&](const MediaName& name, bool finished) {
        if (finished)
            out.names.insert(name);
    });
    return out;
}

std::size_t forgetMissingCopies(VaultWriter& vault, const CopyListing& files) {
    std::vector<std::uint64_t> missing;
    vault.eachCopy([&](std::uint64_t number, const MediaName& name) {
        if (!files.names.contains(name))
            missing.push_back(number);
    });
    for (const std::uint64_t number : missing) {
        auto post = vault.post(number);
        if (!post)
            continue;
        post->copy = {};
        vault.putPost(*post);
    }
    return missing.size();
}

} // namespace grantlink
