// The edge store as one worker process sees it: opened after the fork, once a process, kept for the
// process's life and found again by its path after a reload.
//
// Opening fails softly: pages answer `unavailable`, the error log says why once a second at most,
// and the next request tries again. A worker that exits would take the operator's other sites down.
//
// Thread: the event loop.
#pragma once

#include "ngx_module/daemon_line.hpp"
#include "ngx_module/held_snapshot.hpp"
#include "ngx_module/loop_timer.hpp"
#include "ngx_module/ngx.hpp"
#include "ngx_module/spool_writer.hpp"
#include "shared/link_store.hpp"
#include "shared/spool.hpp"

#include <memory>
#include <string>

namespace grantlink {

class EdgeStore {
  public:
    static EdgeStore& of(ngx_http_request_t* r); // that of the request's location

    static EdgeStore& at(std::string_view path);

    // The request is going to look this link up; as LinkReader's, once its store is open.
    static void prefetchSlot(ngx_http_request_t* r, const LinkLocator& link);
    static void prefetchEntry(ngx_http_request_t* r, const LinkLocator& link);

    explicit EdgeStore(std::string path) : path_(std::move(path)) {}

    // Null: cannot be opened now. Its snapshots are of one moment in this turn of the event loop.
    // Throws what LinkReader::Snapshot does.
    LinkReader* links(ngx_log_t* log);

    // The same, of now: for what has to be as new as something that was found in the spool. No
    // snapshot may be alive.
    LinkReader* linksOfNow(ngx_log_t* log);

    std::shared_ptr<Spool> spool(ngx_log_t* log); // empty: cannot be opened now

    SpoolWriter& writer() { return writer_; }

    // grantlinkd is to know of it, soon. The time is now.
    static void visited(ngx_http_request_t* r, Visit visit);

    // Tells what is still to be told, before the process ends.
    static void leave() noexcept;

  private:
    static const LinkReader* openLinksOf(ngx_http_request_t* r);
    static LoopTimer& restTimer();
    static void rest() noexcept;
    void refresh(ngx_log_t* log);
    void giveMemoryBack() noexcept;

    std::string path_;
    std::unique_ptr<LinkReader> links_;
    HeldSnapshot now_; // of `links_`
    std::shared_ptr<Spool> spool_;
    time_t checked_ = 0; // when refresh() last looked
    DaemonLine line_;
    SpoolWriter writer_{line_};
};

// The time of this turn of the event loop.
TimeMs loopTimeMs();

} // namespace grantlink
