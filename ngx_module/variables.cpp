#include "ngx_module/variables.hpp"

#include "ngx_module/boundary.hpp"
#include "ngx_module/request_context.hpp"

#include <algorithm>
#include <string>

namespace grantlink {

namespace {

using Read = std::string (*)(const RequestContext&);

std::string idText(const std::optional<Uuid>& id) {
    return id ? id->text() : std::string();
}

struct Variable {
    std::string_view name;
    Read read;
};

constexpr Variable variables[] = {
    {"grantlink_route", [](const RequestContext& c) { return std::string(nameOf(c.route)); }},
    {"grantlink_outcome", [](const RequestContext& c) { return std::string(c.outcome); }},
    {"grantlink_connection", [](const RequestContext& c) { return idText(c.connection); }},
    {"grantlink_attempt", [](const RequestContext& c) { return idText(c.attempt); }},
    {"grantlink_provider", [](const RequestContext& c) { return c.provider; }},
};

ngx_int_t readVariable(ngx_http_request_t* r, ngx_http_variable_value_t* value,
                       uintptr_t data) noexcept {
    return boundary(r->connection->log, ngx_int_t{NGX_ERROR}, [&]() -> ngx_int_t {
        const RequestContext* context = lastContextOf(r);
        const std::string text =
            context ? reinterpret_cast<const Variable*>(data)->read(*context) : std::string();
        value->not_found = text.empty();
        if (text.empty())
            return NGX_OK;
        value->data = static_cast<u_char*>(ngx_pnalloc(r->pool, text.size()));
        if (!value->data)
            return NGX_ERROR;
        std::copy(text.begin(), text.end(), value->data);
        value->len = static_cast<unsigned>(text.size()) & 0x0fffffff;
        value->valid = 1;
        value->no_cacheable = 1; // the outcome changes while the request runs
        return NGX_OK;
    });
}

} // namespace

ngx_int_t addVariables(ngx_conf_t* cf) noexcept {
    for (const Variable& entry : variables) {
        ngx_str_t name = ngxStr(entry.name);
        ngx_http_variable_t* variable = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_NOCACHEABLE);
        if (!variable)
            return NGX_ERROR;
        variable->get_handler = readVariable;
        variable->data = reinterpret_cast<uintptr_t>(&entry);
    }
    return NGX_OK;
}

} // namespace grantlink
