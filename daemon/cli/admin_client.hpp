// The daemon's admin API, as a command line tool needs it: one request at a time, blocking.
//
// Errors: throws CommandFailure for everything that is not a 2xx answer.
#pragma once

#include "daemon/json/json.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grantlink {

struct ApiReply {
    std::string body; // exactly as the daemon sent it
    Json json;        // the same, parsed; never null
};

class AdminClient {
  public:
    explicit AdminClient(std::string socket) : socket_(std::move(socket)) {}

    using Query = std::vector<std::pair<std::string, std::string>>;

    // Parameters with an empty value are left out.
    ApiReply get(std::string_view path, const Query& query = {}) const;
    ApiReply post(std::string_view path, const Json& body = Json::object()) const;
    ApiReply remove(std::string_view path) const;

    // An answer that goes on for as long as the daemon likes; returns at its end. `onBytes` gets
    // what comes, and must not throw.
    void stream(std::string_view path, const Query& query,
                const std::function<void(std::string_view)>& onBytes) const;

    const std::string& socket() const { return socket_; }

  private:
    ApiReply send(const char* method, const std::string& target,
                  const std::string& body = {}) const;

    std::string socket_; // path
};

} // namespace grantlink
