// URLs as libcurl reads them (RFC 3986), so that what is checked, shown and asked is the same, and
// what is put into them.
#pragma once

#include <curl/urlapi.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grantlink {

class Url {
  public:
    explicit Url(const std::string& text);

    explicit operator bool() const { return handle_ != nullptr; } // the text is a URL

    // "" when it has no such part. Of a URL that is one.
    std::string part(CURLUPart what, unsigned flags = 0) const;

    // As a link on its page would lead. False: that is no URL, nor is this any more.
    bool follow(const std::string& reference);

  private:
    struct Deleter {
        void operator()(CURLU* url) const { curl_url_cleanup(url); }
    };

    std::unique_ptr<CURLU, Deleter> handle_;
};

// Scheme, host and port, also the one that goes without saying: all of a URL that may be logged.
std::string loggable(const std::string& url);

// The host of a URL as a request would take it, in lower case; "" when it has none.
std::string hostOf(const std::string& url);

using FormFields = std::vector<std::pair<std::string, std::string>>;

// application/x-www-form-urlencoded (WHATWG URL, section 5.2), for bodies and query strings.
std::string formEncode(const FormFields& fields);
std::string percentEncode(std::string_view text); // RFC 3986 unreserved characters stay

// The URL with more parameters in its query.
std::string withQuery(const std::string& url, const FormFields& fields);

} // namespace grantlink
