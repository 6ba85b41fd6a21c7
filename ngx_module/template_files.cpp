#include "ngx_module/template_files.hpp"

#include "ngx_module/page_files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace grantlink {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view shipped[] = {"ar", "de", "en", "es", "fr", "ja", "pt"};
constexpr std::uintmax_t largestFile = 256 * 1024;

std::string readFile(const fs::path& path) {
    if (fs::file_size(path) > largestFile)
        throw std::runtime_error(path.string() + ": is larger than 256 KiB; is it a template?");
    std::ifstream in(path, std::ios::binary);
    std::string out{std::istreambuf_iterator<char>(in), {}};
    if (!in)
        throw std::runtime_error(path.string() + ": cannot be read: " + std::strerror(errno));
    return out;
}

template <typename Visit>
void eachFile(const fs::path& directory, Visit visit) {
    for (const fs::directory_entry& entry : fs::directory_iterator(directory))
        if (entry.is_regular_file() && !entry.path().filename().string().starts_with('.'))
            visit(entry.path());
}

} // namespace

TemplateFiles::TemplateFiles(const std::string& directory)
    : tags_(std::begin(shipped), std::end(shipped)) {
    if (directory.empty())
        return;
    if (!fs::is_directory(directory))
        throw std::runtime_error(directory + ": there is no such directory");
    readDirectory(directory);
}

void TemplateFiles::readDirectory(const std::string& directory) {
    eachFile(directory,
             [&](const fs::path& path) { own_.emplace(path.filename().string(), readFile(path)); });
    const fs::path strings = fs::path(directory) / "strings";
    if (!fs::is_directory(strings))
        return;
    eachFile(strings, [&](const fs::path& path) {
        if (path.extension() != ".toml")
            throw std::runtime_error(path.string() + ": files of languages end in .toml");
        const std::string tag = path.stem().string();
        ownStrings_.emplace(tag, readFile(path));
        if (std::find(tags_.begin(), tags_.end(), tag) == tags_.end())
            tags_.push_back(tag);
    });
    std::sort(tags_.begin() + std::size(shipped), tags_.end());
}

std::optional<std::string_view> TemplateFiles::file(std::string_view name) const {
    if (const auto found = own_.find(name); found != own_.end())
        return found->second;
    const std::string_view text = pageFile(name);
    return text.data() ? std::optional(text) : std::nullopt;
}

std::vector<std::string_view> TemplateFiles::stringsOf(std::string_view tag) const {
    std::vector<std::string_view> out;
    if (std::find(std::begin(shipped), std::end(shipped), tag) != std::end(shipped))
        out.push_back(pageFile(std::string(tag) + ".toml"));
    if (const auto found = ownStrings_.find(tag); found != ownStrings_.end())
        out.push_back(found->second);
    return out;
}

} // namespace grantlink
