// Posts as JSON Feed and Atom: what hostile text becomes, and which format is answered.
#include "daemon/admin/post_feeds.hpp"
#include "daemon/admin/posts.hpp"
#include "daemon/text/xml_writer.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;
using test::assertEqual;

namespace {

PostFeed feedWith(const std::string& text, const std::string& link = "") {
    PostFeed out{"@nike at instagram", "links.example.com", "/v1/posts", "", 0, {}, ""};
    PostOf it;
    it.post.id = "1/2";
    it.post.time = 1'795'780'800'000;
    it.post.text = text;
    it.post.link = link;
    it.post.media = "https://cdn.example/a.JPG?b=c";
    it.connection.provider = "instagram";
    it.connection.account = "@nike";
    out.posts = {it, it};
    out.posts[1].post.deleted = 1;
    return out;
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

void xmlIsWellFormedWhateverComes(void**) {
    XmlWriter xml;
    xml.open("a", {{"b", "\"<&>'\n"}});
    xml.element("c", "]]> <x> & \x01\x1b\xff \xef\xbf\xbe \xed\xa0\x80 ü\r\n\t");
    xml.element("d", "");
    assertEqual(xml.close().take(),
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a b=\"&quot;&lt;&amp;&gt;'\n\">\n"
                " <c>]]&gt; &lt;x&gt; &amp; \ufffd\ufffd\ufffd \ufffd \ufffd\ufffd\ufffd ü&#13;\n\t"
                "</c>\n <d/>\n</a>\n");
}

void atomHasEntries(void**) {
    const std::string atom = asAtom(feedWith("<b>words</b>\nmore", "https://a.example/?q=<x>"));
    assert_true(has(atom, "<content type=\"text\">&lt;b&gt;words&lt;/b&gt;\nmore</content>"));
    assert_true(has(atom, "<title>&lt;b&gt;words&lt;/b&gt;</title>"));
    assert_true(has(atom, "href=\"https://a.example/?q=%3Cx%3E\""));
    assert_true(has(atom, "<published>2026-11-27T12:00:00Z</published>"));
    assert_true(has(atom, "<updated>2026-11-27T12:00:00Z</updated>"));
    assert_true(has(atom, "rel=\"enclosure\" type=\"image/jpeg\""));
    assert_true(has(atom, "00000000-0000-0000-0000-000000000000/1%2F2</id>"));
    assert_true(atom.find("<entry>") == atom.rfind("<entry>")); // not the deleted one
    assert_true(has(asAtom(feedWith("")), "<title>Post of 2026-11-27T12:00:00Z</title>"));
}

void jsonFeedHasItems(void**) {
    const Json feed = Json::parse(asJsonFeed(feedWith("words \"quoted\"")));
    assertEqual(feed["version"].str(), "https://jsonfeed.org/version/1.1");
    assert_int_equal(feed["items"].size(), 1);
    const Json item = feed["items"].at(0);
    assertEqual(item["content_text"].str(), "words \"quoted\"");
    assertEqual(item["image"].str(), "https://cdn.example/a.JPG?b=c");
    assertEqual(item["authors"].at(0)["name"].str(), "@nike");
    assert_true(item["url"].isNull() && feed["next_url"].isNull());
}

void theFormatIsNegotiated(void**) {
    assert_true(postFormat("", "") == PostFormat::json);
    assert_true(postFormat("", "*/*") == PostFormat::json);
    assert_true(postFormat("", "text/html, Application/Atom+XML;q=0.9, */*") == PostFormat::atom);
    assert_true(postFormat("", "application/feed+json") == PostFormat::jsonFeed);
    assert_true(postFormat("atom", "application/json") == PostFormat::atom);
    assert_false(postFormat("rss", "").has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(xmlIsWellFormedWhateverComes), cmocka_unit_test(atomHasEntries),
        cmocka_unit_test(jsonFeedHasItems), cmocka_unit_test(theFormatIsNegotiated)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
