#include "daemon/notify/mail_header.hpp"

#include "daemon/text/printable.hpp"

#include <boost/locale/utf.hpp>
#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::size_t maxLine = 76; // RFC 2047, section 2: of a line with encoded words
constexpr std::size_t maxWord = 75; // RFC 2047, section 2: of an encoded word
constexpr std::string_view wordEnd = "?=";
constexpr std::string_view space = " \t";

bool isAlphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

// RFC 5322, section 3.2.3.
bool isAtext(char c) {
    return isAlphanumeric(c) ||
           std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string::npos;
}

bool isAscii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(space);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

// RFC 2047, section 4.2, with the narrow alphabet of section 5 (3), which is right in a phrase too.
std::string encodeQ(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == ' ')
            out += '_';
        else if (isAlphanumeric(c) || std::string_view("!*+-/").find(c) != std::string::npos)
            out += c;
        else
            out += fmt::format("={:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

// RFC 2047, section 4.1.
std::string encodeB(std::string_view text) {
    std::string out(sodium_base64_ENCODED_LEN(text.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(text.data()),
                      text.size(), sodium_base64_VARIANT_ORIGINAL);
    out.pop_back(); // the terminator
    return out;
}

// Encoded words on as many lines as it takes; the first begins at `column`. No word ends within a
// character (RFC 2047, section 5). `text` is valid UTF-8.
std::string encodedWords(std::string_view text, std::size_t column) {
    const bool mostlyAscii = encodeQ(text).size() <= encodeB(text).size();
    const auto encode = mostlyAscii ? encodeQ : encodeB;
    const std::string_view wordStart = mostlyAscii ? "=?UTF-8?Q?" : "=?UTF-8?B?";

    std::string out;
    while (!text.empty()) {
        const std::size_t room =
            std::min(maxWord, maxLine - column) - wordStart.size() - wordEnd.size();
        auto end = text.begin();
        while (end != text.end()) {
            auto next = end;
            boost::locale::utf::utf_traits<char>::decode(next, text.end());
            if (encode({text.begin(), next}).size() > room)
                break;
            end = next;
        }
        const std::string_view piece(text.begin(), end);
        text.remove_prefix(piece.size());
        out +=
            fmt::format("{}{}{}{}", wordStart, encode(piece), wordEnd, text.empty() ? "" : "\r\n ");
        column = 1;
    }
    return out;
}

std::string quotedString(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

// A display name as a phrase (RFC 5322, section 3.2.5).
std::string phrase(std::string_view text, std::size_t column) {
    if (!isAscii(text) || text.find("=?") != std::string_view::npos ||
        column + text.size() + 2 > maxLine)
        return encodedWords(text, column);
    const bool atoms =
        std::all_of(text.begin(), text.end(), [](char c) { return isAtext(c) || c == ' '; });
    return atoms ? std::string(text) : quotedString(text);
}

// A display name as it is meant: without the quotes of a quoted string.
std::string unquoted(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"')
        return std::string(text);
    std::string out;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] == '\\' && i + 2 < text.size())
            ++i;
        out += text[i];
    }
    return out;
}

bool isDotAtom(std::string_view text) {
    if (text.empty() || text.front() == '.' || text.back() == '.')
        return false;
    return text.find("..") == std::string_view::npos &&
           std::all_of(text.begin(), text.end(), [](char c) { return isAtext(c) || c == '.'; });
}

bool isDomain(std::string_view text) {
    std::size_t start = 0;
    while (start <= text.size()) {
        const std::string_view label = text.substr(start, text.find('.', start) - start);
        const bool valid = !label.empty() && label.size() <= 63 && label.front() != '-' &&
                           label.back() != '-' &&
                           std::all_of(label.begin(), label.end(),
                                       [](char c) { return isAlphanumeric(c) || c == '-'; });
        if (!valid)
            return false;
        start += label.size() + 1;
    }
    return true;
}

// What is wrong with local@domain, or nullptr. Lengths: RFC 5321, section 4.5.3.1.
const char* addressFault(std::string_view address) {
    const std::size_t at = address.find('@');
    if (address.empty())
        return "there is no address";
    if (address.find_first_of(",;<>") != std::string_view::npos)
        return "more than one address, give exactly one";
    if (address.find_first_of(space) != std::string_view::npos)
        return "there is a space in it";
    if (at == std::string_view::npos)
        return "the @ is missing";
    if (address.find('@', at + 1) != std::string_view::npos)
        return "more than one @";
    if (!isAscii(address))
        return "it is not ASCII; write an international domain in its xn-- form";
    if (at > 64 || address.size() > 254)
        return "it is too long";
    if (!isDotAtom(address.substr(0, at)))
        return "the part before the @ is not valid";
    if (!isDomain(address.substr(at + 1)))
        return "the part after the @ is no host name";
    return nullptr;
}

} // namespace

std::string unstructuredHeader(std::string_view name, std::string_view text) {
    const std::string line = printable(text);
    const std::string_view value = trim(line);
    const std::size_t column = name.size() + 2;
    const bool plain = isAscii(value) && value.find("=?") == std::string_view::npos &&
                       column + value.size() <= maxLine;
    return fmt::format("{}: {}", name, plain ? std::string(value) : encodedWords(value, column));
}

boost::system::result<MailAddress, MailAddressError> parseMailAddress(std::string_view text) {
    const auto refuse = [&](const char* why) {
        return MailAddressError{
            fmt::format("“{}” is no e-mail address: {}", printable(text, 80), why)};
    };
    if (std::any_of(text.begin(), text.end(),
                    [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
        return refuse("there is a control character in it");

    std::string_view name;
    std::string_view address = trim(text);
    if (!address.empty() && address.back() == '>') {
        const std::size_t open = address.rfind('<');
        if (open == std::string_view::npos)
            return refuse("the < is missing");
        name = trim(address.substr(0, open));
        address = address.substr(open + 1, address.size() - open - 2);
        const bool quoted = name.size() >= 2 && name.front() == '"' && name.back() == '"';
        if (!quoted && name.find_first_of("<>@") != std::string_view::npos)
            return refuse("more than one address, give exactly one");
    }
    if (const char* fault = addressFault(address))
        return refuse(fault);
    return MailAddress{printable(unquoted(name), 100), std::string(address)};
}

std::string addressHeader(std::string_view name, const MailAddress& address) {
    if (address.name.empty())
        return fmt::format("{}: {}", name, address.address);
    const std::string line = printable(address.name);
    const std::string words = phrase(trim(line), name.size() + 2);
    const std::size_t lastLine =
        words.size() - (words.rfind('\n') == std::string::npos ? 0 : words.rfind('\n') + 1);
    const bool fits = name.size() + 2 + lastLine + address.address.size() + 3 <= maxLine;
    return fmt::format("{}: {}{}<{}>", name, words, fits ? " " : "\r\n ", address.address);
}

} // namespace grantlink
