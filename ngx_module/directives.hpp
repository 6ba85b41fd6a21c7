// What the directives of the table in module.cpp do, and how locations inherit them.
#pragma once

#include "ngx_module/ngx.hpp"

namespace grantlink {

char* setStore(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* setKey(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* setWake(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* setThreadPool(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* setTemplates(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* setLanguage(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* setApprove(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* setCallback(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;
char* setMetrics(ngx_conf_t* cf, ngx_command_t* command, void* conf) noexcept;

void* createLocationConf(ngx_conf_t* cf) noexcept;
char* mergeLocationConf(ngx_conf_t* cf, void* parent, void* child) noexcept;

} // namespace grantlink
