#include "ngx_module/thread_pool.hpp"

#include "ngx_module/conf.hpp"

#include <string_view>

extern "C" ngx_module_t ngx_thread_pool_module;

namespace grantlink {

namespace {

// One write runs at a time for each edge store, and few servers have more than one or two.
// A colon keeps the name apart from those that operators choose.
ngx_str_t directive[] = {ngx_string("thread_pool"), ngx_string("grantlink:writes"),
                         ngx_string("threads=2")};

ngx_command_t* directiveCommand() {
    for (ngx_command_t* command = ngx_thread_pool_module.commands; command->name.len; ++command)
        if (view(command->name) == view(directive[0]))
            return command;
    return nullptr;
}

// As if the directive stood in the main context: there is no other way to say how many threads.
bool declare(ngx_conf_t* cf) {
    ngx_command_t* const command = directiveCommand();
    if (!command)
        return false;
    ngx_array_t arguments{};
    arguments.elts = directive;
    arguments.nelts = std::size(directive);
    arguments.size = sizeof directive[0];
    ngx_array_t* const around = cf->args;
    cf->args = &arguments;
    void* conf = ngx_get_conf(cf->cycle->conf_ctx, ngx_thread_pool_module);
    const char* problem = command->set(cf, command, conf);
    cf->args = around;
    return problem == NGX_CONF_OK;
}

} // namespace

ngx_thread_pool_t* ownThreadPool(ngx_conf_t* cf) {
    ngx_thread_pool_t*& pool = mainConfOf(cf).threadPool;
    if (!pool && declare(cf))
        pool = ngx_thread_pool_add(cf, &directive[1]);
    return pool;
}

} // namespace grantlink
