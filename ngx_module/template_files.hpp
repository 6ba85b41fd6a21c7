// The files that pages are made of: those that are shipped, and over them those of the operator's
// directory (grantlink_templates).
//
// Owns what it read; the views it gives out live as long as it does. Shipped files are in the
// program. Errors: std::runtime_error with path and remedy.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

class TemplateFiles {
  public:
    // `directory` may be empty: only what is shipped.
    explicit TemplateFiles(const std::string& directory);

    // "ready.html", "style.css", "ready.js"; nothing when there is neither.
    std::optional<std::string_view> file(std::string_view name) const;

    // Of a language, both where there are both: the shipped text and the operator's over it.
    std::vector<std::string_view> stringsOf(std::string_view tag) const;

    // Shipped languages first, in alphabetical order.
    const std::vector<std::string>& languageTags() const { return tags_; }

  private:
    void readDirectory(const std::string& directory);

    std::map<std::string, std::string, std::less<>> own_;        // by file name
    std::map<std::string, std::string, std::less<>> ownStrings_; // by language tag
    std::vector<std::string> tags_;
};

} // namespace grantlink
