#include "daemon/json/json.hpp"

#include <cstdlib>
#include <new>
#include <stdexcept>

namespace grantlink {

namespace {

json_t* notNull(json_t* node) {
    if (!node)
        throw std::bad_alloc();
    return node;
}

// Length of the valid UTF-8 sequence at the start of `text`, or 0 (RFC 3629, table 3-7 of Unicode).
std::size_t sequenceLength(std::string_view text) {
    auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80)
        return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length)
        return 0;
    const unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (byte(1) < low || byte(1) > high)
        return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (byte(i) < 0x80 || byte(i) > 0xbf)
            return 0;
    return length;
}

std::string replaceInvalid(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t length = sequenceLength(text);
        out += length ? text.substr(0, length) : std::string_view("\xef\xbf\xbd");
        text.remove_prefix(length ? length : 1);
    }
    return out;
}

std::string dumpWith(json_t* node, std::size_t flags) {
    if (!node)
        return "null";
    char* raw = json_dumps(node, flags | JSON_ENCODE_ANY);
    if (!raw)
        throw std::bad_alloc();
    std::string out(raw);
    std::free(raw);
    return out;
}

} // namespace

Json::Json(std::string_view text)
    : node_(json_stringn(text.data() ? text.data() : "", text.size())) {
    if (!node_) {
        const std::string valid = replaceInvalid(text);
        node_ = notNull(json_stringn(valid.data(), valid.size()));
    }
}

Json::Json(std::int64_t number) : node_(notNull(json_integer(number))) {}

Json::Json(bool value) : node_(notNull(json_boolean(value))) {}

Json::Json(const Json& other) noexcept : node_(json_incref(other.node_)) {}

Json& Json::operator=(Json other) noexcept {
    std::swap(node_, other.node_);
    return *this;
}

Json::~Json() {
    json_decref(node_);
}

Json Json::object() {
    return Json(notNull(json_object()));
}

Json Json::array() {
    return Json(notNull(json_array()));
}

Json Json::parse(std::string_view text, std::string* error) {
    json_error_t why;
    json_t* node = json_loadb(text.data() ? text.data() : "", text.size(),
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    if (!node && error) {
        // jansson's own message quotes the text near the error, which may be a token.
        *error = "invalid JSON at line " + std::to_string(why.line) + ", column " +
                 std::to_string(why.column);
    }
    return Json(node);
}

bool Json::isNull() const {
    return !node_ || json_is_null(node_);
}

Json Json::operator[](std::string_view key) const {
    return Json(json_incref(json_object_get(node_, std::string(key).c_str())));
}

Json Json::at(std::size_t index) const {
    return Json(json_incref(json_array_get(node_, index)));
}

std::size_t Json::size() const {
    return isArray() ? json_array_size(node_) : json_object_size(node_);
}

Json Json::pointer(std::string_view path) const {
    Json here = *this;
    while (!path.empty()) {
        if (path.front() != '/')
            return {};
        path.remove_prefix(1);
        const std::string_view raw = path.substr(0, path.find('/'));
        path.remove_prefix(raw.size());
        std::string step;
        for (std::size_t i = 0; i < raw.size(); ++i) {
            const bool escaped = raw[i] == '~' && i + 1 < raw.size();
            step += !escaped ? raw[i] : raw[++i] == '1' ? '/' : '~';
        }
        if (here.isArray()) {
            const bool number = !step.empty() && step.size() < 10 &&
                                step.find_first_not_of("0123456789") == std::string::npos;
            here = number ? here.at(std::stoul(step)) : Json();
        } else {
            here = here[step];
        }
    }
    return here;
}

std::vector<std::string> Json::keys() const {
    std::vector<std::string> out;
    for (void* it = json_object_iter(node_); it; it = json_object_iter_next(node_, it))
        out.emplace_back(json_object_iter_key(it));
    return out;
}

std::string Json::str(std::string_view otherwise) const {
    return std::string(isString()
                           ? std::string_view(json_string_value(node_), json_string_length(node_))
                           : otherwise);
}

std::int64_t Json::integer(std::int64_t otherwise) const {
    return isInteger() ? json_integer_value(node_) : otherwise;
}

bool Json::boolean(bool otherwise) const {
    return json_is_boolean(node_) ? json_is_true(node_) : otherwise;
}

std::string Json::text() const {
    return isInteger() ? std::to_string(integer()) : str();
}

Json& Json::set(std::string_view key, Json value) {
    json_t* child = value.node_ ? json_incref(value.node_) : json_null();
    if (json_object_set_new(node_, std::string(key).c_str(), child) != 0)
        throw std::logic_error("Json::set on something that is not an object");
    return *this;
}

Json& Json::push(Json value) {
    json_t* child = value.node_ ? json_incref(value.node_) : json_null();
    if (json_array_append_new(node_, child) != 0)
        throw std::logic_error("Json::push on something that is not an array");
    return *this;
}

std::string Json::dump() const {
    return dumpWith(node_, JSON_COMPACT);
}

std::string Json::pretty() const {
    return dumpWith(node_, JSON_INDENT(2));
}

} // namespace grantlink
