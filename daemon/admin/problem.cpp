#include "daemon/admin/problem.hpp"

#include "daemon/json/json.hpp"

#include <charconv>

namespace grantlink {

ServerResponse Problem::response() const {
    Json body = Json::object();
    body.set("type", "about:blank").set("title", title_).set("status", static_cast<int>(status_));
    body.set("detail", detail_);
    if (!field_.empty())
        body.set("field", field_);
    ServerResponse out{status_, {{"Content-Type", "application/problem+json"}}, body.dump() + "\n"};
    if (!allow_.empty())
        out.headers.emplace_back("Allow", allow_);
    return out;
}

Problem Problem::methodNotAllowed(const std::string& allow) {
    Problem out(405, "Method Not Allowed", "this path knows " + allow);
    out.allow_ = allow;
    return out;
}

Problem badRequest(std::string detail, std::string field) {
    return Problem(400, "Bad Request", std::move(detail), std::move(field));
}

Problem notFound(std::string detail) {
    return Problem(404, "Not Found", std::move(detail));
}

Problem noSuchConnection(const Uuid& id) {
    return notFound("there is no connection " + id.text() + "; GET /v1/connections lists them");
}

Problem conflict(std::string detail) {
    return Problem(409, "Conflict", std::move(detail));
}

Problem noSuchParameter(const std::string& name, const std::string& known) {
    const bool one = known.find(' ') == std::string::npos;
    return badRequest(
        "there is no parameter \"" + name + "\"; known " + (one ? "is " : "are ") + known, name);
}

std::size_t limitOf(const std::string& value, std::size_t most) {
    std::size_t out = 0;
    const auto end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, out);
    if (error != std::errc() || rest != end || out < 1 || out > most)
        throw badRequest("limit must be a number from 1 to " + std::to_string(most), "limit");
    return out;
}

} // namespace grantlink
