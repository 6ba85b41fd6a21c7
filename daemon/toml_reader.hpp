// Reading a TOML table strictly: each key is asked for once, with its type; what nobody asked for
// is an error. Used for grantlink.toml and for provider presets.
//
// Errors: the first one is kept, with file, line and remedy; after it every answer is the default.
#pragma once

// toml++ reports parse errors as values here: one place turns them into messages.
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace grantlink {

class TomlReader {
  public:
    // A whole file; when it cannot be read or parsed, error() is set at once.
    static TomlReader file(const std::string& path);

    bool has(std::string_view key) const { return table_->contains(key); }

    std::string text(std::string_view key, std::string otherwise = {});
    std::vector<std::string> keys() const;
    bool flag(std::string_view key, bool otherwise);
    std::int64_t number(std::string_view key, std::int64_t otherwise, std::int64_t least,
                        std::int64_t most);
    std::vector<std::string> list(std::string_view key); // of texts; one text is a list of one
    std::map<std::string, std::string> map(std::string_view key); // a table of texts
    std::optional<TomlReader> table(std::string_view key);
    std::vector<TomlReader> tables(std::string_view key);      // [[key]]
    std::vector<std::pair<std::string, TomlReader>> entries(); // every key, each a table

    // Reports `what` at the line of `key`, unless there is an error already.
    void fail(std::string_view key, const std::string& what);

    // Call last: reports keys that were not asked for. `known` helps the reader of the message.
    void finish();

    const std::string& error() const { return context_->error; } // "" when all is well

  private:
    struct Context {
        std::string path;
        std::string error;
        toml::table root;
    };

    TomlReader(std::shared_ptr<Context> context, const toml::table& table, std::string name)
        : context_(std::move(context)), table_(&table), name_(std::move(name)) {}

    const toml::node* take(std::string_view key);
    void report(const toml::node& at, const std::string& what);

    std::shared_ptr<Context> context_;
    const toml::table* table_;
    std::string name_;            // of the table, with a dot at its end; "" at the top
    std::set<std::string> taken_; // keys that were asked for
};

} // namespace grantlink
