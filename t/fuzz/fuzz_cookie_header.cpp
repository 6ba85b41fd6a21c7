// A Cookie header: our cookies go out of it, and nothing else changes.
#include "ngx_module/cookie_header.hpp"

#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

struct Pair {
    std::string_view name, value;
    bool ours = false;
};

// The same header read in the plainest way, to compare with.
std::vector<Pair> pairsOf(std::string_view header) {
    std::vector<Pair> out;
    for (std::size_t begin = 0; begin <= header.size();) {
        const std::size_t end = std::min(header.find(';', begin), header.size());
        std::string_view pair = header.substr(begin, end - begin);
        while (pair.starts_with(' ') || pair.starts_with('\t'))
            pair.remove_prefix(1);
        const std::size_t equals = pair.find('=');
        const std::string_view name = pair.substr(0, equals);
        const bool ours = equals != std::string_view::npos &&
                          (name.starts_with("grantlink-") || name.starts_with("__Host-grantlink-"));
        out.push_back({name, ours ? pair.substr(equals + 1) : pair, ours});
        begin = end + 1;
    }
    return out;
}

void compare(const std::vector<Pair>& before, const std::vector<Pair>& after,
             const std::vector<Cookie>& taken) {
    require(before.size() == after.size(), "no pair comes or goes");
    std::vector<const Pair*> ours;
    for (std::size_t i = 0; i < before.size(); ++i) {
        require(before[i].ours == after[i].ours && before[i].name == after[i].name, "names stay");
        const std::string stars(before[i].value.size(), '*');
        require(after[i].value == (before[i].ours ? stars : before[i].value),
                "our values are overwritten, all others stay");
        if (before[i].ours)
            ours.push_back(&before[i]);
    }
    require(taken.size() == std::min(ours.size(), maxCookies), "as many are taken as are kept");
    for (std::size_t i = 0; i < taken.size(); ++i) {
        const Pair& pair = *ours[ours.size() - taken.size() + i];
        require(taken[i].name == pair.name && textOf(taken[i].value) == pair.value,
                "the newest are taken as they stood there");
    }
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string before(textOf({data, size}));
    std::string after = before, overwritten = before;
    std::vector<Cookie> taken;
    takeOwnCookies(after, &taken);
    takeOwnCookies(overwritten, nullptr);
    require(after == overwritten, "it is overwritten whether it is kept or not");
    compare(pairsOf(before), pairsOf(after), taken);
    takeOwnCookies(overwritten, nullptr);
    require(after == overwritten, "a second time changes nothing");
    return 0;
}
