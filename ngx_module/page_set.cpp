#include "ngx_module/page_set.hpp"

#include <sodium.h>

namespace grantlink {

namespace {

constexpr std::array<PageInfo, static_cast<std::size_t>(Page::count)> infos{{
    {"ready", 200},
    {"confirm", 200},
    {"finishing", 200},
    {"connected", 200},
    {"declined", 200},
    {"wrong_account", 200},
    {"replaced", 410},
    {"expired", 410},
    {"timed_out", 410},
    {"cancelled", 410},
    {"already_connected", 410},
    {"provider_error", 200},
    {"too_many", 429},
    {"not_recorded", 503},
    {"not_found", 404},
    {"bad_request", 400},
    {"unavailable", 503},
}};

std::string sha256Source(std::string_view text) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    char encoded[sodium_base64_ENCODED_LEN(sizeof hash, sodium_base64_VARIANT_ORIGINAL)];
    sodium_bin2base64(encoded, sizeof encoded, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
    return std::string("'sha256-") + encoded + "'";
}

} // namespace

const PageInfo& infoOf(Page page) {
    return infos[static_cast<std::size_t>(page)];
}

std::optional<Page> pageNamed(std::string_view name) {
    for (std::size_t i = 0; i < infos.size(); ++i)
        if (infos[i].name == name)
            return static_cast<Page>(i);
    return std::nullopt;
}

boost::system::result<PageSet, TemplateError> PageSet::compile(const TemplateSource& source) {
    PageSet out;
    for (std::size_t i = 0; i < infos.size(); ++i) {
        auto page = Template::compile(std::string(infos[i].name) + ".html", source);
        if (!page)
            return page.error();
        out.pages_[i] = std::move(*page);
    }
    const auto style = source("style.css");
    if (!style)
        return TemplateError{"style.css: there is no such file"};
    out.policy_ = "default-src 'none'; style-src " + sha256Source(*style) +
                  "; script-src 'self'; connect-src 'self'; base-uri 'none'; "
                  "frame-ancestors 'none'";
    return out;
}

} // namespace grantlink
