// The language a browser asks for: Accept-Language, the query's `lang`, and the cookie's value.
#include "ngx_module/negotiation.hpp"
#include "ngx_module/query_value.hpp"

#include "t/fuzz/fuzz.hpp"

#include <vector>

using namespace grantlink;
using fuzz::require;

namespace {

const std::vector<Language>& languages() {
    static const std::vector<Language> all = [] {
        std::vector<Language> out(5);
        const char* const tags[] = {"en", "de", "pt", "pt-BR", "zh-Hant-TW"};
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i].tag = tags[i];
        return out;
    }();
    return all;
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    return out;
}

void tagIsLookedUp(std::string_view tag) {
    const auto found = languageNamed(tag, languages());
    require(languageNamed(upper(tag), languages()) == found, "case does not count");
    if (!found)
        return;
    require(*found < languages().size(), "a language that is there");
    const std::string wanted = upper(tag) + "-", own = upper(languages()[*found].tag) + "-";
    require(wanted.starts_with(own), "its tag is the wanted one or a prefix of it");
}

void headerIsWeighed(std::string_view header) {
    const auto found = languageAccepted(header, languages());
    require(!found || *found < languages().size(), "a language that is there");
    const std::string rest = "," + std::string(header);
    for (std::size_t i = 0; i < languages().size(); ++i) {
        const std::string& tag = languages()[i].tag;
        require(languageAccepted(tag + rest, languages()) == i, "of equals the first one wins");
        require(languageAccepted(tag + ";q=0", languages()) == std::nullopt,
                "a weight of 0 is a refusal");
    }
    if (header.size() <= 200)
        require(languageAccepted("xx, yy;q=1 ,de;q=2," + std::string(header), languages()) == found,
                "ranges that name nothing, and weights that are none, change nothing");
}

void queryIsSearched(std::string_view query) {
    const std::string_view found = queryValue(query, "lang");
    require(found.find('&') == std::string_view::npos, "a value ends at the next field");
    require(found.empty() || (found.data() > query.data() &&
                              found.data() + found.size() <= query.data() + query.size()),
            "a value lies in its query");
    require(queryValue("lang=de&" + std::string(query), "lang") == "de", "the first one counts");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = textOf({data, size});
    tagIsLookedUp(text);
    headerIsWeighed(text);
    queryIsSearched(text);
    return 0;
}
