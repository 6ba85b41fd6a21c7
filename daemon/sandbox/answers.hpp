// The forms in which the sandbox answers: pages, JSON, and Instagram's two kinds of error.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/net/http_server.hpp"

#include <string>

namespace grantlink::sandbox {

ServerResponse jsonAnswer(const Json& body, unsigned status = 200);
ServerResponse pageAnswer(const std::string& html, unsigned status = 200);
ServerResponse redirectAnswer(const std::string& url);

// {"error_type","code","error_message"}: what api.instagram.com answers.
ServerResponse apiError(unsigned status, const std::string& message);

// {"error":{"message","type","code","error_subcode","fbtrace_id"}}: what graph.instagram.com does.
struct GraphError {
    std::string message;
    int code = 100;
    int subcode = 0; // 0: the field is left out
    std::string type = "OAuthException";
    unsigned status = 400;
};

ServerResponse graphError(const GraphError& error);

// RFC 9457, for the control API.
ServerResponse problemAnswer(unsigned status, const std::string& title, const std::string& detail);

} // namespace grantlink::sandbox
