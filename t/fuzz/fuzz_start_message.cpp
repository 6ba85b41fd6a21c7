// What grantlinkd reads on start.sock, from a worker that may have been taken over, and its answer.
#include "shared/start_message.hpp"

#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

void acceptedMessageIsWhatWeMake(std::string_view message) {
    if (const auto state = parseStartRequest(bytesOf(message)))
        require(encodeStartRequest(*state) == message, "a request encodes to the same bytes");
    const auto reply = parseStartReply(bytesOf(message));
    if (!reply)
        return;
    require(encodeStartReply(*reply) == message, "a reply encodes to the same bytes");
    require(message.size() <= StartReply::maxLength, "a reply is bounded");
    require(reply->url.empty() != (reply->status == StartStatus::started), "a start has a URL");
    require(reply->url.find_first_of("\r\n \t") == std::string_view::npos, "it fits a header");
    require(!parseStartReply(bytesOf(message.substr(0, message.size() - 1))),
            "a cut one is not read");
}

void replyComesBack(fuzz::Input in) {
    StartReply reply;
    std::string url;
    if (in.flag())
        reply.status = in.flag() ? StartStatus::busy : StartStatus::unreachable;
    else
        reply.status = StartStatus::started;
    for (const char c : in.rest().substr(0, StartReply::maxUrl))
        url += static_cast<char>('!' + static_cast<unsigned char>(c) % ('~' - '!' + 1));
    if (url.empty())
        url.push_back('/');
    reply.url = reply.status == StartStatus::started ? std::string_view(url) : std::string_view();
    const std::string message = encodeStartReply(reply);
    const auto back = parseStartReply(bytesOf(message));
    require(back && back->status == reply.status && back->url == reply.url, "a reply comes back");
    std::string longer = message;
    longer.push_back('\0');
    require(!parseStartReply(bytesOf(longer)), "one with a byte too many is not read");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    acceptedMessageIsWhatWeMake(textOf({data, size}));
    replyComesBack({data, size});
    return 0;
}
