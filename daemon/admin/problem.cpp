#include "daemon/admin/problem.hpp"

#include "daemon/json/json.hpp"

namespace grantlink {

ServerResponse Problem::response() const {
    Json body = Json::object();
    body.set("type", "about:blank").set("title", title_).set("status", static_cast<int>(status_));
    body.set("detail", detail_);
    if (!field_.empty())
        body.set("field", field_);
    return {status_, {{"Content-Type", "application/problem+json"}}, body.dump() + "\n"};
}

Problem badRequest(std::string detail, std::string field) {
    return Problem(400, "Bad Request", std::move(detail), std::move(field));
}

Problem notFound(std::string detail) {
    return Problem(404, "Not Found", std::move(detail));
}

Problem conflict(std::string detail) {
    return Problem(409, "Conflict", std::move(detail));
}

} // namespace grantlink
