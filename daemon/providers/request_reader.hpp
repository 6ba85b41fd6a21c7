// Reads what every request table of a preset has in common.
#pragma once

#include "daemon/providers/preset.hpp"
#include "daemon/text/names.hpp"
#include "daemon/toml_reader.hpp"

#include <set>
#include <string>
#include <string_view>

namespace grantlink {

class RequestReader {
  public:
    // `placeholders`: what the preset's texts may name.
    RequestReader(std::set<std::string, std::less<>> placeholders)
        : placeholders_(std::move(placeholders)) {}

    enum class Url { required, optional };

    // `standard` holds what the table need not say.
    RequestTemplate read(TomlReader& in, RequestTemplate standard, Url need = Url::required) const;

    // A URL, or one that an earlier answer gave: "{instance_url}/me".
    std::string url(TomlReader& in, std::string_view key, std::string otherwise = {}) const;

    Parameters texts(TomlReader& in, std::string_view key) const; // a table with placeholders

  private:
    void check(TomlReader& in, std::string_view key, std::string_view text) const;
    void readHeaders(TomlReader& in, Parameters& into) const;

    std::set<std::string, std::less<>> placeholders_;
};

Parameters readRename(TomlReader& in); // of parameters that the standards have

// A token of RFC 9110, section 5.6.2.
bool isHeaderName(std::string_view text);

Pointers readPointers(TomlReader& in, std::string_view key, Pointers otherwise = {});
std::string readPointer(TomlReader& in, std::string_view key);           // one, or ""
std::chrono::seconds readDuration(TomlReader& in, std::string_view key); // 0: not there

// One of the names of an enumeration.
template <typename Value>
Value readChoice(TomlReader& in, std::string_view key, const std::map<std::string, Value>& choices,
                 Value otherwise) {
    if (!in.has(key))
        return otherwise;
    const auto found = choices.find(in.text(key));
    if (found != choices.end())
        return found->second;
    std::vector<std::string> known;
    for (const auto& [name, value] : choices)
        known.push_back("\"" + name + "\"");
    in.fail(key, "must be one of " + joined(known, ", "));
    return otherwise;
}

} // namespace grantlink
