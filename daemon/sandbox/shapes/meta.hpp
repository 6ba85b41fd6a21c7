// What Instagram and Facebook have in common: Meta's Graph API.
#pragma once

#include "daemon/json/json.hpp"
#include "daemon/sandbox/world.hpp"

#include <boost/system/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace grantlink::sandbox {

// {"error":{"message","type","code","error_subcode","fbtrace_id"}}
struct GraphError {
    std::string message;
    int code = 100;
    int subcode = 0; // 0: the field is left out
    std::string type = "OAuthException";
    unsigned status = 400;
};

ServerResponse graphError(const GraphError& error);
ServerResponse graphFailure(const Call& call, unsigned status);

// The token of a request: from `Authorization: Bearer`, or from `access_token` in the query.
using CheckedToken = boost::system::result<Token, GraphError>;
CheckedToken checkToken(const World& world, const Call& call);
CheckedToken checkToken(const World& world, const std::string& value);

// {"access_token","token_type","expires_in"}
ServerResponse bearerAnswer(const Token& token);

// What a client may ask of a node of this type, by `fields`. "id" is always answered.
struct NodeType {
    std::string name;
    std::vector<std::string> fields;
};

using Selected = boost::system::result<Json, GraphError>;
Selected selectFields(const Call& call, const Json& node, const NodeType& type);
ServerResponse nodeAnswer(const Call& call, const Json& node, const NodeType& type);

// A page of {"data":[…],"paging":{…}}, with `fields`, `limit` (25, at most 100) and `after`.
using PostNode = Json (*)(const Account&, const Post&);
ServerResponse postsAnswer(const Call& call, const Account& account, PostNode nodeOf,
                           const NodeType& type);

} // namespace grantlink::sandbox
