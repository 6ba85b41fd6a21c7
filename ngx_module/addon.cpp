// The three symbols by which nginx finds the modules of a dynamic library; nginx's own build would
// generate them.
#include "ngx_module/conf.hpp"

extern "C" {

extern ngx_module_t* ngx_modules[];
extern char* ngx_module_names[];
extern char* ngx_module_order[];

ngx_module_t* ngx_modules[] = {&ngx_http_grantlink_module, nullptr};

static char name[] = "ngx_http_grantlink_module";
char* ngx_module_names[] = {name, nullptr};

char* ngx_module_order[] = {nullptr};
}
