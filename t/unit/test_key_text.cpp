// Key files that are changed by a program keep what people wrote into them.
#include "daemon/cli/key_text.hpp"

#include "t/unit/cmocka.hpp"

using namespace grantlink;
using test::assertEqual;

namespace {

constexpr std::string_view file = "grantlink-edge-key v1\n"
                                  "# ours\n"
                                  "# made 2026-01-01T00:00:00Z\n"
                                  "key 2 B\n"
                                  "# the old one\n"
                                  "key 1 A\n"
                                  "seal 12 C\n"
                                  "seal 1 D";

std::string text(const SecretBytes& bytes) {
    return std::string(textOf(bytes));
}

void aNewKeyGoesInFront(void**) {
    const std::string out = text(withKeyLines(file, "key", "key 3 E\n", Place::front));
    assertEqual(out.substr(0, 60),
                "grantlink-edge-key v1\n# ours\nkey 3 E\n# made 2026-01-01T00:00");
    const std::string seal = text(withKeyLines(file, "seal", "seal 3 E\n", Place::front));
    assertEqual(seal.substr(seal.find("seal")), "seal 3 E\nseal 12 C\nseal 1 D");
}

void orAtTheEnd(void**) {
    assertEqual(text(withKeyLines(file, "key", "key 3 E\n", Place::end)),
                std::string(file) + "\nkey 3 E\n");
    assertEqual(text(withKeyLines("x\n", "key", "key 1 A\n", Place::front)), "x\nkey 1 A\n");
}

void aKeyGoesWithItsTime(void**) {
    const std::string out = text(withoutKey(file, "key", 2));
    assertEqual(out.substr(0, 58),
                "grantlink-edge-key v1\n# ours\n# the old one\nkey 1 A\nseal 12");
    assertEqual(text(withoutKey(file, "seal", 1)), std::string(file.substr(0, file.size() - 8)));
    assertEqual(text(withoutKey(file, "seal", 2)), std::string(file));
}

void aKeyIsFoundByItsWordAndId(void**) {
    assertEqual(text(keyLinesOf(file, "key", 2)), "# made 2026-01-01T00:00:00Z\nkey 2 B\n");
    assertEqual(text(keyLinesOf(file, "key", 1)), "key 1 A\n");
    assertEqual(text(keyLinesOf(file, "seal", 1)), "seal 1 D\n");
    assertEqual(text(keyLinesOf(file, "key", 12)), "");
}

void newLinesAreRead(void**) {
    const std::string header = "grantlink-master-key v1\n";
    const TimeMs before = nowMs() / 1000 * 1000;
    const auto keys = MasterKeys::parse(header + text(newKeyLines(9)) + "# something else\n" +
                                            "key 1 " + std::string(43, 'A'),
                                        "k");
    assert_true(keys.has_value());
    assert_int_equal(keys->current().id, 9);
    assert_true(keys->current().made >= before && keys->current().made <= nowMs());
    assert_int_equal(keys->all().size(), 2);
    assert_int_equal(keys->find(1)->made, 0);
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(aNewKeyGoesInFront), cmocka_unit_test(orAtTheEnd),
                                cmocka_unit_test(aKeyGoesWithItsTime),
                                cmocka_unit_test(aKeyIsFoundByItsWordAndId),
                                cmocka_unit_test(newLinesAreRead)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
