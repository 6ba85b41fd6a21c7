// The thread pool of locations that name none.
#pragma once

#include "ngx_module/ngx.hpp"

namespace grantlink {

// A pool of the module's own, the same for all callers of one configuration. nginx's pool "default"
// would be made for us alone in most configurations, with 32 threads, whose stacks alone take a
// quarter of a megabyte in each worker. Null: nginx has logged why.
ngx_thread_pool_t* ownThreadPool(ngx_conf_t* cf);

} // namespace grantlink
