// One snapshot of the links for all requests of a turn of the event loop.
//
// Under load a turn has some dozens of requests, and each would renew the read transaction. The
// turn ends before the worker waits for events again, so no old pages are pinned meanwhile, and
// whoever comes after the links were changed sees the change.
//
// Thread: the event loop.
#pragma once

#include "ngx_module/ngx.hpp"
#include "shared/link_store.hpp"

#include <optional>

namespace grantlink {

class HeldSnapshot {
  public:
    HeldSnapshot();
    ~HeldSnapshot();
    HeldSnapshot(const HeldSnapshot&) = delete;
    HeldSnapshot& operator=(const HeldSnapshot&) = delete;

    // Snapshots of this reader are now those of one moment, until the turn ends.
    void hold(LinkReader& reader);

    void letGo() noexcept; // now

  private:
    static void onTurnEnd(ngx_event_t* event) noexcept;

    std::optional<LinkReader::Snapshot> snapshot_;
    ngx_event_t turnEnd_{};
};

} // namespace grantlink
