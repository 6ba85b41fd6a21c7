// Log entries as JSON: whatever the message, one object on one line.
#include "daemon/log.hpp"

#include "daemon/json/json.hpp"

#include "t/unit/cmocka.hpp"

#include <vector>

using namespace grantlink;
using namespace std::string_literals;
using test::assertEqual;

namespace {

constexpr TimeMs time = 1'790'000'000'007;
const std::string id = "0199f3a2-7c4e-7aaa-8bbb-0123456789ab";

void anEntryIsAnObject(void**) {
    assertEqual(
        jsonLogLine(time, "info", "grantlinkd: ready"),
        R"({"time":"2026-09-21T14:13:20.007Z","level":"info","message":"grantlinkd: ready"})");
}

void idsAreMembers(void**) {
    const Json attempt =
        Json::parse(jsonLogLine(time, "warning", "attempt " + id + ": exchange failed: no"));
    assertEqual(attempt["attempt"].str(), id);
    assertEqual(attempt["message"].str(), "exchange failed: no");
    assertEqual(
        Json::parse(jsonLogLine(time, "info", "connection " + id + ": x"))["connection"].str(), id);
    const std::vector<std::string> others{"attempt " + id,
                                          "attempt " + id + ":",
                                          "attempt " + id + " : x",
                                          "an attempt " + id + ": ",
                                          "attempt 1234: x",
                                          "attempts" + id + ": ",
                                          "attempt ",
                                          ""};
    for (const std::string& other : others) {
        const Json entry = Json::parse(jsonLogLine(time, "info", other));
        assert_true(entry["attempt"].isNull());
        assertEqual(entry["message"].str(), other);
    }
}

void anythingIsEscaped(void**) {
    const std::string odd = "a\"b\\c\nd\re\0f\x1b\xff\xe2\x80\xa8"s;
    const std::string line = jsonLogLine(time, "info", odd);
    for (const char c : line)
        assert_true(static_cast<unsigned char>(c) >= 0x20);
    const Json entry = Json::parse(line);
    assert_true(entry["message"].str().starts_with("a\"b\\c\nd\re"));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(anEntryIsAnObject),
                                cmocka_unit_test(idsAreMembers),
                                cmocka_unit_test(anythingIsEscaped)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
