// Tables of the command line: columns line up, and colours are for terminals only.
#include "daemon/cli/relative_time.hpp"
#include "daemon/cli/table.hpp"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

extern "C" {
#include <cmocka.h> // last: it defines a macro called fail
}

using namespace grantlink;

namespace {

constexpr Terminal file{};
constexpr Terminal colours{true, true, 0};

constexpr Terminal narrow(std::size_t width) {
    return {true, false, width};
}

Table sample() {
    Table table({{"ID"}, {"ACCOUNT", true}, {"STATUS"}});
    table.add({{"0199f3a2"}, {"@nike"}, {"pending", Style::dim}});
    table.add({{"0199"}, {"@a-long-account-name"}, {"active", Style::green}});
    return table;
}

void columns_line_up(void**) {
    assert_string_equal(sample().render(file).c_str(), "ID        ACCOUNT               STATUS\n"
                                                       "0199f3a2  @nike                 pending\n"
                                                       "0199      @a-long-account-name  active\n");
}

void lines_do_not_end_in_spaces(void**) {
    Table table({{"A"}, {"B"}, {"C"}});
    table.add({{"wide cell"}, {""}, {""}});
    table.add({{"x"}});
    table.add({{""}, {""}, {"z"}});
    assert_string_equal(table.render(file).c_str(), "A          B  C\n"
                                                    "wide cell\n"
                                                    "x\n"
                                                    "              z\n");
}

void without_titles_there_is_no_header(void**) {
    Table table({{}, {}});
    table.add({{"Status"}, {"active"}});
    table.add({{"Account"}, {"@nike"}});
    assert_string_equal(table.render(file).c_str(), "Status   active\nAccount  @nike\n");
}

void wide_and_combining_characters_are_counted(void**) {
    assert_int_equal(displayWidth("nike"), 4);
    assert_int_equal(displayWidth("日本語"), 6);
    assert_int_equal(displayWidth("🎉"), 2);
    assert_int_equal(displayWidth("é"), 1);
    assert_int_equal(displayWidth("e\u0301"), 1); // e and a combining accent
    Table table({{"NAME"}, {"N"}});
    table.add({{"日本語"}, {"1"}});
    table.add({{"e\u0301e\u0301"}, {"2"}});
    assert_string_equal(table.render(file).c_str(),
                        "NAME    N\n日本語  1\ne\u0301e\u0301      2\n");
}

void a_narrow_terminal_cuts_what_may_be_cut(void**) {
    assert_string_equal(sample().render(narrow(32)).c_str(), "ID        ACCOUNT        STATUS\n"
                                                             "0199f3a2  @nike          pending\n"
                                                             "0199      @a-long-acco…  active\n");
    assert_string_equal(cutToWidth("日本語", 6).c_str(), "日本語");
    assert_string_equal(cutToWidth("日本語", 5).c_str(), "日本…");
    assert_string_equal(cutToWidth("日本語", 4).c_str(), "日…");
    assert_string_equal(cutToWidth("abc", 0).c_str(), "");
}

void then_it_leaves_out_what_is_optional(void**) {
    Table table({{"ID"}, {"REQUESTED", false, true}, {"ACCOUNT", true}});
    table.add({{"0199f3a2"}, {"2 h ago"}, {"@a-long-account-name"}});
    assert_string_equal(table.render(narrow(29)).c_str(), "ID        REQUESTED  ACCOUNT\n"
                                                          "0199f3a2  2 h ago    @a-long…\n");
    assert_string_equal(table.render(narrow(28)).c_str(), "ID        ACCOUNT\n"
                                                          "0199f3a2  @a-long-account-n…\n");
}

void colours_are_for_terminals(void**) {
    assert_int_equal(sample().render(file).find('\x1b'), std::string::npos);
    const std::string coloured = sample().render(colours);
    assert_true(coloured.find("\x1b[32mactive\x1b[0m\n") != std::string::npos);
    assert_true(coloured.find("\x1b[2mpending\x1b[0m\n") != std::string::npos);

    int ends[2];
    assert_int_equal(pipe(ends), 0);
    setenv("TERM", "xterm", 1);
    const Terminal piped = Terminal::of(ends[1]);
    assert_false(piped.interactive || piped.colour);
    assert_int_equal(piped.width, 0);
    close(ends[0]);
    close(ends[1]);
}

int pseudoTerminal() {
    const int fd = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0);
    return fd;
}

void no_color_is_honoured(void**) {
    const int terminal = pseudoTerminal();
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    assert_true(Terminal::of(terminal).colour);
    setenv("NO_COLOR", "", 1); // no-color.org: only when it is not empty
    assert_true(Terminal::of(terminal).colour);
    setenv("NO_COLOR", "1", 1);
    assert_true(Terminal::of(terminal).interactive);
    assert_false(Terminal::of(terminal).colour);
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    assert_false(Terminal::of(terminal).colour);
    close(terminal);
}

void a_cell_cannot_steer_the_terminal(void**) {
    Table table({{"ACCOUNT"}, {"N"}});
    table.add({{"a\x1b[2Jb\nc"}, {"1"}});
    assert_string_equal(table.render(file).c_str(), "ACCOUNT   N\na [2Jb c  1\n");
}

void times_are_said_as_people_do(void**) {
    const TimeMs now = *parseTime("2025-11-24T16:00:00Z");
    const auto said = [&](const char* time) { return relativeTime(time, now); };
    assert_int_equal(now, 1764000000000);
    assert_string_equal(said("2025-11-24T16:00:00Z").c_str(), "just now");
    assert_string_equal(said("2025-11-24T16:00:30.250Z").c_str(), "in a moment");
    assert_string_equal(said("2025-11-24T15:58:00Z").c_str(), "2 min ago");
    assert_string_equal(said("2025-11-24T17:29:00Z").c_str(), "in 89 min");
    assert_string_equal(said("2025-11-24T11:00:00Z").c_str(), "5 h ago");
    assert_string_equal(said("2025-12-07T16:00:00Z").c_str(), "in 13 days");
    assert_string_equal(said("2025-12-08T15:59:59Z").c_str(), "in 14 days");
    assert_string_equal(said("2026-02-22T16:00:00Z").c_str(), "in 3 months");
    assert_string_equal(said("2020-11-24T16:00:00Z").c_str(), "5 years ago");
    assert_string_equal(said("yesterday").c_str(), "yesterday");
}

void times_that_are_none_are_not_read(void**) {
    for (const char* text :
         {"", "Z", "2025-11-24", "2025-11-24T16:00:00", "2025-11-24T16:00:00+01:00",
          "2025-02-29T16:00:00Z", "2025-11-24T24:00:00Z", "2025-11-24 16:00:00Z",
          "2025-11-24T16:00:00.Z", "2025-11-24T16:00:00.1xZ", "-025-11-24T16:00:00Z"})
        assert_false(parseTime(text).has_value());
    assert_true(parseTime("2024-02-29T23:59:59.999Z").has_value());
}

} // namespace

int main() {
    const CMUnitTest tests[] = {
        cmocka_unit_test(columns_line_up),
        cmocka_unit_test(lines_do_not_end_in_spaces),
        cmocka_unit_test(without_titles_there_is_no_header),
        cmocka_unit_test(wide_and_combining_characters_are_counted),
        cmocka_unit_test(a_narrow_terminal_cuts_what_may_be_cut),
        cmocka_unit_test(then_it_leaves_out_what_is_optional),
        cmocka_unit_test(colours_are_for_terminals),
        cmocka_unit_test(no_color_is_honoured),
        cmocka_unit_test(a_cell_cannot_steer_the_terminal),
        cmocka_unit_test(times_are_said_as_people_do),
        cmocka_unit_test(times_that_are_none_are_not_read),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
