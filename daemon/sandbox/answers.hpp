// The forms in which the sandbox answers.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/net/http_server.hpp"

#include <string>

namespace grantlink::sandbox {

ServerResponse jsonAnswer(const Json& body, unsigned status = 200);
ServerResponse pageAnswer(const std::string& html, unsigned status = 200);
ServerResponse redirectAnswer(const std::string& url);

// RFC 9457, for the control API.
ServerResponse problemAnswer(unsigned status, const std::string& title, const std::string& detail);

} // namespace grantlink::sandbox
