// Templates an operator writes, and the values of a page, some of which strangers choose.
#include "ngx_module/template_compiler.hpp"
#include "ngx_module/template_filler.hpp"

#include "t/fuzz/fuzz.hpp"

#include <functional>
#include <map>
#include <random>

using namespace grantlink;
using fuzz::require;

namespace {

using Files = std::map<std::string, std::string, std::less<>>;

// "page.html" up to a line that begins with '@', which names the next file.
Files filesIn(std::string_view text) {
    Files out;
    std::string name = "page.html";
    while (true) {
        const std::size_t end = text.find("\n@");
        out[name] = text.substr(0, end);
        if (end == std::string_view::npos)
            return out;
        text.remove_prefix(end + 2);
        const std::size_t line = std::min(text.find('\n'), text.size());
        name = text.substr(0, line);
        text.remove_prefix(std::min(line + 1, text.size()));
    }
}

std::string rendered(const Template& page, const PageValues& values, const PageValues& account) {
    std::vector<PageValues> accounts; // as if a link asked for two
    accounts.emplace_back(account);
    accounts.emplace_back(account);
    std::string memory(page.head());
    memory.resize(page.bound(values, accounts), '?');
    const std::string_view out = page.render(values, memory.data(), accounts);
    require(out.size() <= memory.size(), "bound() is a bound");
    return std::string(out);
}

std::string rendered(const Template& page, const PageValues& values) {
    return rendered(page, values, values);
}

void pageIsBounded(const Template& page, std::size_t source) {
    constexpr std::size_t included = 2 * 1000; // times, at the most; twice in {{#accounts}}
    PageValues values;
    for (std::size_t i = 0; i < slotCount; ++i)
        values.set(static_cast<Slot>(i), "_");
    require(rendered(page, values).size() <= included * (source + 100),
            "a page does not grow without bounds");
}

void valuesAreEscaped(const Template& page) {
    PageValues harmless, hostile;
    for (std::size_t i = 0; i < slotCount; ++i) {
        harmless.set(static_cast<Slot>(i), "_");
        hostile.set(static_cast<Slot>(i), "<>\"'");
    }
    const std::string plain = rendered(page, harmless), escaped = rendered(page, hostile);
    for (const char c : {'<', '>', '"', '\''})
        require(std::count(plain.begin(), plain.end(), c) ==
                    std::count(escaped.begin(), escaped.end(), c),
                "no value brings a character of HTML");
}

// Whichever values are filled in before, whether they are empty or not, and whatever those of an
// account are. `mix` spreads the choices: of a template's own bytes they would all be letters'.
void fillingChangesNoPage(const Template& page, std::size_t mix) {
    std::minstd_rand choices(static_cast<std::uint32_t>(mix));
    const auto some = [&choices] { return SlotSet(choices()); };
    const SlotSet set = some(), setOfAccount = some();
    PageValues values, account;
    for (std::size_t i = 0; i < slotCount; ++i) {
        values.set(static_cast<Slot>(i), set[i] ? "<_>" : "");
        account.set(static_cast<Slot>(i), setOfAccount[i] ? "<an account's>" : "");
    }
    const Template less = filled(page, values, some());
    require(rendered(less, values, account) == rendered(page, values, account),
            "a page that is filled in is the same");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Files files = filesIn(textOf({data, size}));
    const auto source = [&](std::string_view name) -> std::optional<std::string_view> {
        const auto found = files.find(name);
        return found == files.end() ? std::nullopt : std::optional(std::string_view(found->second));
    };
    std::vector<Language> languages(2);
    languages[0].tag = "ar";
    languages[0].rightToLeft = true;
    languages[1].tag = "en";
    for (const auto& [name, text] : files)
        languages[1].texts[name] = {text, "strings/en.toml", 1};
    HeadPool heads;
    const auto page = compileTemplate("page", source, languages[1], languages, heads);
    if (!page) {
        require(page.error().message.find(": ") != std::string::npos, "an error says where");
        return 0;
    }
    rendered(*page, {});
    pageIsBounded(*page, size);
    valuesAreEscaped(*page);
    fillingChangesNoPage(*page, std::hash<std::string_view>()(textOf({data, size})));
    return 0;
}
