// One JSON value: a counted reference to a jansson node.
//
// Copies are cheap and share the node, as in jansson. Lookups never throw: what is missing or of
// another type is the null value or the given default, because nearly all JSON here comes from
// providers and may be anything. Integers keep 64 bits: account ids do not fit a double.
//
// Not thread-safe: a value belongs to one thread at a time.
#pragma once

#include <jansson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace grantlink {

template <typename T>
concept Count = std::is_integral_v<T> && !std::is_same_v<T, char> && !std::is_same_v<T, bool>;

class Json {
  public:
    Json() = default;            // JSON null
    Json(std::string_view text); // invalid UTF-8 is replaced by U+FFFD

    Json(const std::string& text) : Json(std::string_view(text)) {}

    Json(const char* text) : Json(std::string_view(text)) {}

    Json(std::int64_t number);

    // Counts and times: none is beyond 63 bits.
    Json(Count auto number) : Json(static_cast<std::int64_t>(number)) {}

    Json(bool value);
    Json(const Json& other) noexcept;

    Json(Json&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}

    Json& operator=(Json other) noexcept;
    ~Json();

    static Json object();
    static Json array();

    // Null when the text is not JSON, nests too deep, or repeats a key; `error` then says why and
    // where. Never prints any part of the text: it may hold a token.
    static Json parse(std::string_view text, std::string* error = nullptr);

    bool isNull() const;

    bool isObject() const { return json_is_object(node_); }

    bool isArray() const { return json_is_array(node_); }

    bool isString() const { return json_is_string(node_); }

    bool isInteger() const { return json_is_integer(node_); }

    bool isBoolean() const { return json_is_boolean(node_); }

    Json operator[](std::string_view key) const;
    Json at(std::size_t index) const;
    std::size_t size() const;                  // of an array or object; 0 otherwise
    Json pointer(std::string_view path) const; // RFC 6901, without the # form
    std::vector<std::string> keys() const;

    std::string str(std::string_view otherwise = {}) const; // only of a string
    std::int64_t integer(std::int64_t otherwise = 0) const; // only of an integer
    bool boolean(bool otherwise = false) const;
    std::string text() const; // a string as it is, an integer in decimal, else ""

    Json& set(std::string_view key, Json value); // on an object
    Json& push(Json value);                      // on an array

    // For libraries that take jansson's values: still this one's.
    json_t* borrow() const { return node_; }

    std::string dump() const;   // compact, keys in insertion order
    std::string pretty() const; // two-space indent

  private:
    explicit Json(json_t* stolen) : node_(stolen) {}

    json_t* node_ = nullptr;
};

} // namespace grantlink
