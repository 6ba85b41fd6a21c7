#include "ngx_module/held_snapshot.hpp"

namespace grantlink {

HeldSnapshot::HeldSnapshot() {
    turnEnd_.data = this;
    turnEnd_.handler = onTurnEnd;
}

HeldSnapshot::~HeldSnapshot() {
    letGo();
}

// nginx goes through the posted events after those of the sockets and before it waits again.
void HeldSnapshot::hold(LinkReader& reader) {
    if (snapshot_)
        return;
    snapshot_.emplace(reader);
    turnEnd_.log = ngx_cycle->log;
    ngx_post_event(&turnEnd_, &ngx_posted_events);
}

void HeldSnapshot::letGo() noexcept {
    if (turnEnd_.posted) { // nginx's macro is several statements
        ngx_delete_posted_event(&turnEnd_);
    }
    snapshot_.reset();
}

void HeldSnapshot::onTurnEnd(ngx_event_t* event) noexcept {
    static_cast<HeldSnapshot*>(event->data)->snapshot_.reset();
}

} // namespace grantlink
