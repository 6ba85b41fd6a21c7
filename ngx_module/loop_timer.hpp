// A timer of the event loop. It lives as long as the process: nginx's tree of timers may be gone
// when static objects are destroyed.
#pragma once

#include "ngx_module/ngx.hpp"

namespace grantlink {

class LoopTimer {
  public:
    using Ring = void (*)(void* owner) noexcept;

    // A worker that is asked to quit leaves without waiting for a timer that does not keep it.
    enum class Keeps { nobody, worker };

    LoopTimer(Keeps keeps, Ring ring, void* owner = nullptr) : ring_(ring), owner_(owner) {
        connection_.fd = -1;
        connection_.data = this;
        event_.data = &connection_;
        event_.handler = onEvent;
        event_.cancelable = keeps == Keeps::nobody;
    }

    LoopTimer(const LoopTimer&) = delete;
    LoopTimer& operator=(const LoopTimer&) = delete;

    bool runs() const { return event_.timer_set; }

    // Rings once, so many ms from now, whatever it was set to before. (nginx lets one be up to
    // 0.3 s off that runs already.)
    void start(ngx_msec_t after) noexcept {
        event_.log = ngx_cycle->log;
        ngx_add_timer(&event_, after);
    }

    void stop() noexcept {
        if (runs())
            ngx_del_timer(&event_);
    }

  private:
    static void onEvent(ngx_event_t* event) noexcept {
        const auto* self =
            static_cast<LoopTimer*>(static_cast<ngx_connection_t*>(event->data)->data);
        self->ring_(self->owner_);
    }

    Ring ring_;
    void* owner_;
    ngx_connection_t connection_{}; // nginx's debug log takes a timer's data for one
    ngx_event_t event_{};
};

} // namespace grantlink
