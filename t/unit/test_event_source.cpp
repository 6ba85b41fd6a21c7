// The client of server-sent events: whatever the cuts between what it receives.
#include "daemon/cli/event_source.hpp"

#include "t/unit/cmocka.hpp"

#include <vector>

using namespace grantlink;
using test::assertEqual;

namespace {

const std::string text = "retry: 2000\n\n"
                         "id: 7\ndata: {\"a\":1}\n\n"
                         ":\n\n"
                         ": data: no\nid: 8\ndata: one\ndata:two\n\n"
                         "id: 9\nevent: x\ndata: last\n\n";
const std::vector<std::string> expected{"{\"a\":1}", "one\ntwo", "last"};

void eventsAreWholeWhateverTheCuts(void**) {
    for (std::size_t first = 0; first <= text.size(); ++first)
        for (std::size_t size : {std::size_t{1}, std::size_t{5}, text.size()}) {
            std::vector<std::string> seen;
            EventSource source([&](const std::string& data) { seen.push_back(data); });
            source.receive(text.substr(0, first));
            for (std::size_t at = first; at < text.size(); at += size)
                source.receive(text.substr(at, size));
            assert_true(seen == expected);
            assertEqual(source.lastId(), "9");
        }
}

// An id counts when its event was complete, or the event would be lost at the next begin.
void whatIsNotCompleteIsAskedForAgain(void**) {
    std::vector<std::string> seen;
    EventSource source([&](const std::string& data) { seen.push_back(data); });
    source.receive("id: 3\ndata: three\n\nid: 4\ndata: fo");
    assertEqual(source.lastId(), "3");
    source.begin();
    source.receive("ur\n\nid: 4\ndata: four\n\n");
    assert_true(seen == std::vector<std::string>({"three", "four"}));
    assertEqual(source.lastId(), "4");
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(eventsAreWholeWhateverTheCuts),
                                cmocka_unit_test(whatIsNotCompleteIsAskedForAgain)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
