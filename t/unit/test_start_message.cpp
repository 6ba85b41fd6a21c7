// The messages on start.sock.
#include "shared/start_message.hpp"

#include "t/unit/cmocka.hpp"

#include <string>

using namespace grantlink;
using grantlink::test::assertEqual;

namespace {

const std::string state(State::textLength, 's');

void requestComesBack(void**) {
    const std::string message = encodeStartRequest(state);
    assert_int_equal(message.size(), startRequestLength);
    const auto back = parseStartRequest(bytesOf(message));
    assert_true(back.has_value());
    assertEqual(*back, state);
    for (std::size_t i = 0; i < message.size(); ++i)
        assert_false(parseStartRequest(bytesOf(message.substr(0, i))).has_value());
    assert_false(parseStartRequest(bytesOf(message + "s")).has_value());
    std::string other = message;
    other[0] = 2;
    assert_false(parseStartRequest(bytesOf(other)).has_value());
}

void replyComesBack(void**) {
    const std::string url = "https://provider.example/authorize?client_id=a&request_uri=urn%3Ab";
    const std::string message = encodeStartReply({StartStatus::started, url});
    const auto back = parseStartReply(bytesOf(message));
    assert_true(back.has_value());
    assert_true(back->status == StartStatus::started);
    assertEqual(back->url, url);
    for (std::size_t i = 0; i < message.size(); ++i)
        assert_false(parseStartReply(bytesOf(message.substr(0, i))).has_value());
    assert_false(parseStartReply(bytesOf(message + "x")).has_value());
    std::string other = message;
    other[0] = 2;
    assert_false(parseStartReply(bytesOf(other)).has_value());
    for (const auto status : {StartStatus::refused, StartStatus::unreachable, StartStatus::busy}) {
        const std::string failed = encodeStartReply({status, ""});
        assert_true(parseStartReply(bytesOf(failed))->status == status);
    }
}

// A daemon of this version makes none of these.
void replyMustFitAHeader(void**) {
    const auto message = [](char status, const std::string& url) {
        const std::size_t size = url.size();
        return std::string{'\1', status, static_cast<char>(size & 0xff),
                           static_cast<char>(size >> 8)} +
               url;
    };
    const auto read = [](const std::string& m) { return parseStartReply(bytesOf(m)).has_value(); };
    assert_true(read(message(0, "https://a")));
    assert_true(read(message(0, std::string(StartReply::maxUrl, 'a'))));
    assert_false(read(message(0, std::string(StartReply::maxUrl + 1, 'a'))));
    for (const char* bad : {"", "a b", "a\r\nb", "a\tb", "\x7f", "\xc3\xa9"})
        assert_false(read(message(0, bad)));
    assert_false(read(message(2, "https://a")));
    assert_false(read(message(4, "")));
}

} // namespace

int main() {
    const CMUnitTest tests[] = {cmocka_unit_test(requestComesBack),
                                cmocka_unit_test(replyComesBack),
                                cmocka_unit_test(replyMustFitAHeader)};
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
