#include "daemon/toml_reader.hpp"

#include "daemon/text/names.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace grantlink {

TomlReader TomlReader::file(const std::string& path) {
    auto context = std::make_shared<Context>();
    context->path = path;
    std::ifstream in(path);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in.is_open() || in.bad())
        context->error = fmt::format("{}: cannot be read: {}", path, std::strerror(errno));
    toml::parse_result parsed = toml::parse(text, path);
    if (parsed)
        context->root = std::move(parsed).table();
    else if (context->error.empty())
        context->error =
            fmt::format("{}:{}: this is not TOML: {}", path, parsed.error().source().begin.line,
                        parsed.error().description());
    const toml::table& root = context->root;
    return TomlReader(std::move(context), root, "");
}

const toml::node* TomlReader::take(std::string_view key) {
    taken_.insert(std::string(key));
    return table_->get(key);
}

void TomlReader::report(const toml::node& at, const std::string& what) {
    if (context_->error.empty())
        context_->error = fmt::format("{}:{}: {}", context_->path, at.source().begin.line, what);
}

void TomlReader::fail(std::string_view key, const std::string& what) {
    const toml::node* node = table_->get(key);
    report(node ? *node : *table_, fmt::format("{}{}: {}", name_, key, what));
}

std::string TomlReader::text(std::string_view key, std::string otherwise) {
    const toml::node* node = take(key);
    if (!node)
        return otherwise;
    if (const auto value = node->value_exact<std::string>())
        return *value;
    fail(key, "must be a text in quotes");
    return otherwise;
}

std::vector<std::string> TomlReader::keys() const {
    std::vector<std::string> out;
    for (const auto& [name, node] : *table_)
        out.emplace_back(name.str());
    return out;
}

bool TomlReader::flag(std::string_view key, bool otherwise) {
    const toml::node* node = take(key);
    if (!node)
        return otherwise;
    if (const auto value = node->value_exact<bool>())
        return *value;
    fail(key, "must be true or false");
    return otherwise;
}

std::int64_t TomlReader::number(std::string_view key, std::int64_t otherwise, std::int64_t least,
                                std::int64_t most) {
    const toml::node* node = take(key);
    if (!node)
        return otherwise;
    if (const auto value = node->value_exact<std::int64_t>();
        value && *value >= least && *value <= most)
        return *value;
    fail(key, fmt::format("must be a whole number from {} to {}", least, most));
    return otherwise;
}

std::vector<std::string> TomlReader::list(std::string_view key) {
    const toml::node* node = take(key);
    std::vector<std::string> out;
    if (!node)
        return out;
    if (const auto value = node->value_exact<std::string>())
        return {*value};
    const toml::array* array = node->as_array();
    if (!array)
        fail(key, "must be a list of texts in quotes");
    for (std::size_t i = 0; array && i < array->size(); ++i) {
        if (const auto value = (*array)[i].value_exact<std::string>())
            out.push_back(*value);
        else
            fail(key, "must be a list of texts in quotes");
    }
    return out;
}

std::map<std::string, std::string> TomlReader::map(std::string_view key) {
    std::map<std::string, std::string> out;
    if (auto reader = table(key)) {
        for (const auto& [name, node] : *reader->table_) {
            const std::string text(name.str());
            out[text] = reader->text(text);
        }
    }
    return out;
}

std::optional<TomlReader> TomlReader::table(std::string_view key) {
    const toml::node* node = take(key);
    if (!node)
        return std::nullopt;
    if (const toml::table* table = node->as_table())
        return TomlReader(context_, *table, fmt::format("{}{}.", name_, key));
    fail(key, fmt::format("must be a table: write [{}{}]", name_, key));
    return std::nullopt;
}

std::vector<TomlReader> TomlReader::tables(std::string_view key) {
    const toml::node* node = take(key);
    std::vector<TomlReader> out;
    if (!node)
        return out;
    const toml::array* array = node->as_array();
    if (!array || !array->is_array_of_tables()) {
        fail(key, fmt::format("must be a list of tables: write [[{}{}]]", name_, key));
        return out;
    }
    for (const toml::node& entry : *array)
        out.push_back(TomlReader(context_, *entry.as_table(), fmt::format("{}{}.", name_, key)));
    return out;
}

std::vector<std::pair<std::string, TomlReader>> TomlReader::entries() {
    std::vector<std::pair<std::string, TomlReader>> out;
    for (const auto& [name, node] : *table_)
        if (auto reader = table(name.str()))
            out.emplace_back(std::string(name.str()), std::move(*reader));
    return out;
}

void TomlReader::finish() {
    for (const auto& [name, node] : *table_) {
        if (taken_.contains(std::string(name.str())))
            continue;
        report(node, fmt::format("{}{}: there is no such key; known are {}", name_, name.str(),
                                 joined(taken_, ", ")));
    }
}

} // namespace grantlink
