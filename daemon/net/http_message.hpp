// Between Beast's messages and the server's own types. For http_server.cpp only.
#pragma once

#include "daemon/net/http_server.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>

namespace grantlink::wire {

constexpr std::uint64_t maxBody = 64 * 1024;
constexpr std::uint32_t maxHeader = 16 * 1024;

using Response = boost::beast::http::response<boost::beast::http::string_body>;

// Nothing when the path is not well percent-encoded.
std::optional<ServerRequest>
toServerRequest(boost::beast::http::request<boost::beast::http::string_body>&& message,
                const std::optional<PeerCredentials>& peer);

// Throws std::invalid_argument when a header of the answer contains a line break.
Response toMessage(ServerResponse&& answer, bool headOnly, bool keepAlive);

// Of an answer that is sent in pieces: chunked, unless its length is known, and the connection's
// last.
boost::beast::http::response<boost::beast::http::empty_body> toHead(const ServerResponse& answer);

// A request that broke HTTP's rules or our limits, not one that merely ended early.
bool isPeersFault(const boost::system::error_code& ec);
ServerResponse refusalFor(const boost::system::error_code& ec);

// RFC 9457. `detail` goes into the JSON as it is: no quotes, no backslashes.
ServerResponse problem(unsigned status, const std::string& detail);

} // namespace grantlink::wire
