#include "ngx_module/page_set.hpp"

#include "shared/language_tag.hpp"

#include <sodium.h>

#include <stdexcept>

namespace grantlink {

namespace {

constexpr std::array<PageInfo, static_cast<std::size_t>(Page::count)> infos{{
    {"ready", 200},
    {"accounts", 200},
    {"begun", 200},
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
    {"not_started", 503},
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

boost::system::result<std::unique_ptr<PageSet>, TemplateError>
PageSet::compile(const std::string& directory) {
    try {
        std::unique_ptr<PageSet> out(new PageSet(directory));
        if (const std::string problem = out->readLanguages(); !problem.empty())
            return TemplateError{problem};
        if (const auto error = out->compilePages())
            return *error;
        const std::string_view style = *out->files_.file("style.css");
        // The policy has the hash of what browsers see: they make every line end a single '\n'.
        if (style.find("{{") != std::string_view::npos ||
            style.find('\r') != std::string_view::npos)
            return TemplateError{"style.css: it must have no tags and end its lines with LF alone, "
                                 "because pages are allowed just this style, by its hash"};
        out->policy_ = out->policyFor(style);
        return out;
    } catch (const std::runtime_error& error) {
        return TemplateError{error.what()};
    }
}

std::string PageSet::readLanguages() {
    for (const std::string& tag : files_.languageTags()) {
        Language& language = languages_.emplace_back();
        language.tag = tag;
        const auto same = languageNamed(tag, std::span(languages_).first(languages_.size() - 1));
        if (!isLanguageTag(tag) || (same && languages_[*same].tag.size() == tag.size()))
            return "strings/" + tag +
                   ".toml: its name is no language tag, such as \"pt-BR\" (BCP 47), "
                   "or one that is there already";
        const std::string file = "strings/" + tag + ".toml";
        for (const std::string_view text : files_.stringsOf(tag))
            if (const auto read = readLanguage(text, file, language); !read)
                return read.error().message;
        if (const std::string missing = missingIn(language); !missing.empty())
            return file + ": is not complete; add " + missing;
    }
    return {};
}

std::optional<TemplateError> PageSet::compilePages() {
    const TemplateSource source = [this](std::string_view name) { return files_.file(name); };
    for (const Language& language : languages_) {
        Pages& pages = pages_.emplace_back();
        for (std::size_t i = 0; i < infos.size(); ++i) {
            auto page = compileTemplate(infos[i].name, source, language, languages_, heads_);
            if (!page)
                return page.error();
            pages[i] = std::move(*page);
        }
    }
    for (Language& language : languages_) // they are in the pages now
        language.texts.clear();
    return std::nullopt;
}

std::string PageSet::policyFor(std::string_view style) const {
    return "default-src 'none'; style-src 'self' " + sha256Source(style) +
           "; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
           "frame-ancestors 'none'";
}

} // namespace grantlink
