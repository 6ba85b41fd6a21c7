#include "daemon/net/url.hpp"

#include "daemon/text/ascii.hpp"

namespace grantlink {

Url::Url(const std::string& text) : handle_(curl_url()) {
    if (handle_)
        follow(text);
}

bool Url::follow(const std::string& reference) {
    if (curl_url_set(handle_.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK)
        handle_.reset();
    return handle_ != nullptr;
}

std::string Url::part(CURLUPart what, unsigned flags) const {
    char* text = nullptr;
    if (curl_url_get(handle_.get(), what, &text, flags) != CURLUE_OK)
        return {};
    std::string out(text);
    curl_free(text);
    return out;
}

std::string loggable(const std::string& text) {
    const Url url(text);
    if (!url)
        return "unreadable URL";
    return url.part(CURLUPART_SCHEME) + "://" + url.part(CURLUPART_HOST) + ":" +
           url.part(CURLUPART_PORT, CURLU_DEFAULT_PORT);
}

std::string hostOf(const std::string& text) {
    const Url url(text);
    return url ? lowerCase(url.part(CURLUPART_HOST)) : "";
}

std::string percentEncode(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
                                c == '~';
        if (unreserved)
            out += c;
        else
            (((out += '%') += hex[byte >> 4]) += hex[byte & 15]);
    }
    return out;
}

std::string formEncode(const FormFields& fields) {
    std::string out;
    for (const auto& [name, value] : fields) {
        if (!out.empty())
            out += '&';
        out += percentEncode(name) + '=' + percentEncode(value);
    }
    return out;
}

std::string withQuery(const std::string& url, const FormFields& fields) {
    if (fields.empty())
        return url;
    return url + (url.find('?') == std::string::npos ? "?" : "&") + formEncode(fields);
}

} // namespace grantlink
