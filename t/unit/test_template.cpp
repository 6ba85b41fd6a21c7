// Templates: the tags, their errors, and the shipped pages in every language.
#include "ngx_module/page_set.hpp"
#include "ngx_module/template_compiler.hpp"
#include "ngx_module/template_filler.hpp"

#include "t/unit/cmocka.hpp"

#include <map>

using namespace grantlink;
using test::assertEqual;

namespace {

Language someLanguage(std::string tag, std::string name) {
    Language out;
    out.tag = std::move(tag);
    out.name = std::move(name);
    out.rightToLeft = out.tag == "ar";
    out.texts["hello"] = {"Hello <b>{{account}}</b>{{#detail}}!{{/detail}}", "strings/x.toml", 7};
    out.texts["bad"] = {"{{nobody}}", "strings/x.toml", 9};
    out.texts["nested"] = {"{{t.hello}}", "strings/x.toml", 10};
    out.texts["open"] = {"{{#account}}", "strings/x.toml", 11};
    return out;
}

using Accounts = std::initializer_list<const PageValues*>;

std::string together(const Template& page, const PageValues& values, Accounts each) {
    std::vector<PageValues> accounts;
    for (const PageValues* account : each)
        accounts.emplace_back(*account);
    std::string memory(page.head());
    memory.resize(page.bound(values, accounts), '?');
    return std::string(page.render(values, memory.data(), accounts));
}

// With any of the values filled in before, the page must be the same.
void requireSameFilled(const Template& page, const PageValues& values, Accounts each,
                       const std::string& expected) {
    for (const unsigned long slots : {0x0ul, 0x1ul, 0x2ul, 0x10ul, 0x12ul, 0x1fffffful}) {
        const Template less = filled(page, values, SlotSet(slots));
        assertEqual(together(less, values, each), expected);
        assertEqual(together(filled(less, values, SlotSet(0x1ffffff)), values, each), expected);
    }
}

std::string rendered(const std::string& text, const PageValues& values, Accounts accounts = {}) {
    const std::vector<Language> languages{someLanguage("ar", "العربية"),
                                          someLanguage("en", "English")};
    const std::map<std::string, std::string, std::less<>> files{
        {"page.html", text},
        {"part", "<{{account}}>"},
        {"self", "{{> self}}"},
        {"long", std::string(2000, 'x')},
        {"huge", std::string(9 << 20, 'x')}};
    HeadPool heads;
    const auto compiled = compileTemplate(
        "page",
        [&](std::string_view name) {
            const auto found = files.find(name);
            return found == files.end() ? std::nullopt
                                        : std::optional<std::string_view>(found->second);
        },
        languages[1], languages, heads);
    if (!compiled)
        return "error: " + compiled.error().message;
    const std::string out = together(*compiled, values, accounts);
    requireSameFilled(*compiled, values, accounts, out);
    return out;
}

void templatesRender(void**) {
    PageValues values;
    values.set(Slot::account, "<a&\"'>");
    assertEqual(rendered("x {{account}} y", values), "x &lt;a&amp;&quot;&#39;&gt; y");
    assertEqual(rendered("{{#account}}yes{{/account}}{{^account}}no{{/account}}", values), "yes");
    assertEqual(rendered("{{#detail}}a{{account}}{{/detail}}{{^detail}}b{{/detail}}", values), "b");
    assertEqual(rendered("{{! nothing }}{{> part }}", values), "<&lt;a&amp;&quot;&#39;&gt;>");
    assertEqual(rendered("{{#account}}{{^detail}}in{{/detail}}{{/account}}", values), "in");
    // A jump ends behind a section, also when the text there would join the text before.
    assertEqual(rendered("a{{#detail}}b{{/detail}}c{{^detail}}d{{/detail}}e", values), "acde");
    assertEqual(rendered("a{{> long}}b", values), "a" + std::string(2000, 'x') + "b");
    assertEqual(rendered("{{#detail}}b{{/detail}}{{> long}}{{account}}{{> long}}", {}),
                std::string(4000, 'x'));
}

// Short texts are copied in one piece, which is larger than they are.
void textsOfEachLengthAreWhole(void**) {
    PageValues values;
    values.set(Slot::account, "@");
    for (std::size_t length = 0; length <= 2 * Template::surplus + 1; ++length) {
        const std::string before(length, 'x'), behind(length, 'y');
        assertEqual(rendered("{{account}}" + before + "{{account}}" + behind, values),
                    "@" + before + "@" + behind);
    }
}

void accountsAreRepeated(void**) {
    PageValues page, first, second;
    page.set(Slot::account, "page");
    first.set(Slot::account, "a&b");
    second.set(Slot::account, "a longer one than the others");
    second.set(Slot::start, "yes");
    const std::string text = "{{account}}:{{#accounts}}[{{account}}{{#start}}!{{/start}}]"
                             "{{/accounts}}:{{account}}";
    assertEqual(rendered(text, page, {&first, &second}),
                "page:[a&amp;b][a longer one than the others!]:page");
    assertEqual(rendered(text, page), "page::page");
    assertEqual(rendered("{{#accounts}}{{> part}}{{t.hello}};{{/accounts}}", page, {&first}),
                "<a&amp;b>Hello <b>a&amp;b</b>;");
    // A section around it jumps over it, and what is in it may end with it.
    assertEqual(rendered("a{{#detail}}{{#accounts}}x{{/accounts}}{{/detail}}b", page, {&first}),
                "ab");
    assertEqual(rendered("{{#accounts}}{{^start}}x{{/start}}{{/accounts}}y", page,
                         {&first, &second, &first}),
                "xxy");
    assertEqual(rendered("{{#accounts}}.{{/accounts}}{{#accounts}}{{account}}{{/accounts}}", page,
                         {&first, &first}),
                "..a&amp;ba&amp;b");
    assertEqual(rendered("{{^lang}}{{#accounts}}x{{/accounts}}{{/lang}}y", page, {&first}), "y");
}

// A copy is for an account: what it does not set it has from the page.
void valuesAreCopied(void**) {
    PageValues page;
    page.set(Slot::requester, "<a&b>");
    page.set(Slot::account, "<page>");
    std::vector<PageValues> copies;
    for (int i = 0; i < 20; ++i) // it grows, and they move
        copies.emplace_back(page).set(Slot::account, "'" + std::to_string(i) + "'");
    assertEqual(copies[0][Slot::requester], "&lt;a&amp;b&gt;");
    assertEqual(copies[0][Slot::account], "&#39;0&#39;");
    assertEqual(copies[19][Slot::account], "&#39;19&#39;");
    copies[0].set(Slot::account, "");
    assertEqual(copies[0][Slot::account], "");
    assertEqual(page[Slot::account], "&lt;page&gt;");
}

void versionsChangeWithTheirFile(void**) {
    const std::string part = rendered("{{v.part}}", {}), other = rendered("{{v.long}}", {});
    assert_int_equal(part.size(), 8);
    assert_int_equal(part.find_first_not_of("0123456789abcdef"), std::string::npos);
    assertEqual(rendered("{{ v.part }}", {}), part);
    assert_true(part != other);
}

void languagesAreCompiledIn(void**) {
    PageValues values;
    values.set(Slot::account, "@a");
    assertEqual(rendered("{{lang}} {{dir}} {{page}} {{t.hello}}", values),
                "en ltr page Hello <b>@a</b>");
    assertEqual(rendered("{{#languages}}{{tag}}={{name}}{{^current}},{{/current}}"
                         "{{#current}}!{{account}}{{/current}}{{/languages}}",
                         values),
                "ar=العربية,en=English!@a");
    assertEqual(rendered("{{#lang}}a{{#detail}}b{{/detail}}{{/lang}}{{^lang}}c{{account}}{{/lang}}",
                         values),
                "a");
}

void templateErrorsNameTheLine(void**) {
    const std::pair<const char*, const char*> cases[] = {
        {"\n{{nobody}}", "error: page.html:2: there is no value \"nobody\""},
        {"{{account", "error: page.html:1: this {{ has no }}"},
        {"{{#account}}", "error: page.html:1: the section {{#account}} is not closed"},
        {"\n\n{{/account}}", "error: page.html:3: {{/account}} closes a section"},
        {"{{#account}}{{/detail}}", "error: page.html:1: {{/detail}} closes a section"},
        {"{{> missing}}", "error: missing: there is no such template"},
        {"{{> huge}}{{> huge}}", "error: page.html: the page has more than 16 MiB of text"},
        {"{{> self}}", "error: self: templates include each other"},
        {"\n{{t.gone}}", "error: page.html:2: strings/en.toml has no \"gone\"; add it there"},
        {"{{v.gone.js}}", "error: page.html:1: there is no file \"gone.js\""},
        {"{{t.bad}}", "error: strings/x.toml:9: there is no value \"nobody\""},
        {"{{t.nested}}", "error: strings/x.toml:10: a text of a language cannot use another one"},
        {"{{t.open}}", "error: strings/x.toml:11: the section {{#account}} is not closed"},
        {"{{#languages}}", "error: page.html:1: {{#languages}} stands in a template file"},
        {"{{#languages}}{{#account}}{{/languages}}", "error: page.html:1: {{#account}} is not"},
        {"{{#accounts}}", "error: page.html:1: {{#accounts}} stands in a template file"},
        {"{{#accounts}}{{#account}}{{/accounts}}", "error: page.html:1: {{#account}} is not"},
        {"{{#accounts}}{{#accounts}}{{/accounts}}", "error: page.html:1: {{#accounts}} stands"},
        {"{{#account}}{{#accounts}}{{/account}}{{/accounts}}", "error: page.html:1: {{/account}}"},
        {"{{tag}}", "error: page.html:1: there is no value \"tag\""},
    };
    for (const auto& [text, expected] : cases)
        assertEqual(rendered(text, {}).substr(0, std::string(expected).size()), expected);
}

std::string pageOf(const Template& page, const PlainValues& plain) {
    return together(page, PageValues(plain, page.mentions()), {});
}

// Asked for twice in a row with the same requester, provider and brand, a page has these filled in.
void sharedValuesAreFilledIn(void**) {
    const auto pages = PageSet::compile("");
    const Template& ready = (*pages)->page(Page::ready, 0);
    const Template& declined = (*pages)->page(Page::declined, 0);
    PlainValues values;
    values[Slot::requester] = "Tom & Co";
    values[Slot::account] = "@a";
    values[Slot::assets] = "assets/";
    const std::string expected = pageOf(ready, values);
    FilledPages cache;
    assert_ptr_equal(&cache.find(ready, values), &ready);
    const Template& less = cache.find(ready, values);
    assert_ptr_not_equal(&less, &ready);
    assert_true(less.mentions(Slot::account) && less.mentions(Slot::message));
    assert_false(less.mentions(Slot::requester) || less.mentions(Slot::colour));
    assertEqual(pageOf(less, values), expected);
    assert_ptr_equal(less.head().data(), ready.head().data());
    values[Slot::account] = "@b"; // it is not shared
    assert_ptr_equal(&cache.find(ready, values), &less);
    assertEqual(pageOf(less, values), pageOf(ready, values));
    assert_ptr_equal(&cache.find(declined, values), &declined);
    for (const Slot slot :
         {Slot::requester, Slot::provider, Slot::brand, Slot::logo, Slot::colour, Slot::switchurl,
          Slot::switchhow, Slot::assets, Slot::problem, Slot::retry}) {
        for (const std::string_view text : {"Tom & Ca", "Tom &", "x"}) {
            values[slot] = text;
            const Template& first = cache.find(ready, values);
            assert_ptr_equal(&first, &ready);
            assertEqual(pageOf(cache.find(ready, values), values), pageOf(ready, values));
        }
    }
}

// Whether the pages of both are filled in although they are asked for in turn.
bool keepTheirPlaces(const Template& page, const std::string& one, const std::string& other) {
    FilledPages cache;
    std::size_t filled = 0;
    for (const std::string& name : {one, other, one, other}) {
        PlainValues values;
        values[Slot::requester] = values[Slot::brand] = name;
        values[Slot::provider] = "Instagram";
        filled += &cache.find(page, values) != &page;
    }
    return filled == 2;
}

// Of two requesters one in sixteen takes the other's place, however alike their names are.
void requestersInTurnKeepTheirPlaces(void**) {
    const auto pages = PageSet::compile("");
    const Template& ready = (*pages)->page(Page::ready, 0);
    int ending = 0, beginning = 0;
    for (char c = 'B'; c <= 'Z'; ++c) {
        ending += keepTheirPlaces(ready, "A-Reisen GmbH", std::string{c} + "-Reisen GmbH");
        beginning += keepTheirPlaces(ready, "Studio number A", std::string("Studio number ") + c);
    }
    assert_true(ending > 12 && beginning > 12);
}

void shippedPagesCompile(void**) {
    const auto pages = PageSet::compile("");
    if (!pages)
        print_error("%s\n", pages.error().message.c_str());
    assert_true(pages.has_value());
    const auto languages = (*pages)->languages();
    assert_int_equal(languages.size(), 7);
    assert_true((*pages)->page(Page::wrongAccount, 0).mentions(Slot::switchhow));
    assert_true((*pages)->page(Page::ready, 0).mentions(Slot::message));
    assert_true((*pages)->page(Page::accounts, 0).mentions(Slot::item)); // of each account
    assert_false((*pages)->page(Page::ready, 0).mentions(Slot::switchhow));
    for (std::size_t language = 0; language < languages.size(); ++language) {
        for (std::size_t i = 0; i < static_cast<std::size_t>(Page::count); ++i) {
            const auto page = static_cast<Page>(i);
            assert_true(pageNamed(infoOf(page).name) == page);
            const std::string out = together((*pages)->page(page, language), {}, {});
            assert_true(out.find("data-page=\"" + std::string(infoOf(page).name) + "\"") !=
                        std::string::npos);
            assert_true(out.find("<html lang=\"" + languages[language].tag + "\"") !=
                        std::string::npos);
            assert_true(out.find("{{") == std::string::npos);
        }
    }
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(templatesRender),
                                cmocka_unit_test(textsOfEachLengthAreWhole),
                                cmocka_unit_test(accountsAreRepeated),
                                cmocka_unit_test(valuesAreCopied),
                                cmocka_unit_test(versionsChangeWithTheirFile),
                                cmocka_unit_test(languagesAreCompiledIn),
                                cmocka_unit_test(templateErrorsNameTheLine),
                                cmocka_unit_test(sharedValuesAreFilledIn),
                                cmocka_unit_test(requestersInTurnKeepTheirPlaces),
                                cmocka_unit_test(shippedPagesCompile)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
