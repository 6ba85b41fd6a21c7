// Errors of the admin API as problem documents (RFC 9457).
#pragma once

#include "daemon/net/http_server.hpp"
#include "shared/uuid.hpp"

#include <stdexcept>
#include <string>

namespace grantlink {

// Thrown inside the API and answered as a document. `detail` says what to do.
class Problem : public std::runtime_error {
  public:
    Problem(unsigned status, std::string title, std::string detail, std::string field = {})
        : std::runtime_error(detail), status_(status), title_(std::move(title)),
          detail_(std::move(detail)), field_(std::move(field)) {}

    // 405 names the methods that are known (RFC 9110, section 15.5.6).
    static Problem methodNotAllowed(const std::string& allow);

    ServerResponse response() const;

  private:
    unsigned status_;
    std::string title_, detail_;
    std::string field_; // the member of the request that is at fault
    std::string allow_; // of a 405
};

// The parameter `limit` of a list, from 1 to `most`.
std::size_t limitOf(const std::string& value, std::size_t most = 500);

// For a parameter that a path does not know. `known`: those that it does, as in "a, b and c".
Problem noSuchParameter(const std::string& name, const std::string& known);

Problem badRequest(std::string detail, std::string field = {});
Problem notFound(std::string detail);
Problem noSuchConnection(const Uuid& id);
Problem conflict(std::string detail);

} // namespace grantlink
