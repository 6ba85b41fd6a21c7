#include "shared/start_message.hpp"

#include "shared/byte_order.hpp"

#include <algorithm>

namespace grantlink {

namespace {

constexpr std::uint8_t version = 1;

// It becomes a header of nginx's answer.
bool isUrl(std::string_view text) {
    return text.size() <= StartReply::maxUrl &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool isWellFormed(const StartReply& reply) {
    return reply.status <= StartStatus::busy && isUrl(reply.url) &&
           reply.url.empty() == (reply.status != StartStatus::started);
}

} // namespace

std::string encodeStartRequest(std::string_view state) {
    if (state.size() != State::textLength)
        throw std::length_error("a state has 72 characters");
    RecordWriter out;
    out.integer(version);
    return out.take().append(state);
}

std::string encodeStartReply(const StartReply& reply) {
    if (!isWellFormed(reply))
        throw std::length_error("the answer to a start is not well-formed");
    RecordWriter out;
    out.integer(version).integer(static_cast<std::uint8_t>(reply.status)).text(reply.url);
    return out.take();
}

std::optional<std::string_view> parseStartRequest(Bytes message) {
    if (message.size() != startRequestLength || message[0] != version)
        return std::nullopt;
    return textOf(message.subspan(1));
}

std::optional<StartReply> parseStartReply(Bytes message) {
    RecordReader in(message);
    if (in.integer<std::uint8_t>() != version)
        return std::nullopt;
    StartReply out;
    out.status = static_cast<StartStatus>(in.integer<std::uint8_t>());
    out.url = in.text();
    if (!in.complete() || !isWellFormed(out))
        return std::nullopt;
    return out;
}

} // namespace grantlink
