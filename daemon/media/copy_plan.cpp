#include "daemon/media/copy_plan.hpp"

#include "daemon/lifecycle/plan.hpp"

#include <algorithm>

namespace grantlink {

void scheduleCopies(VaultWriter& vault, const Connection& connection, TimeMs notBefore) {
    const std::vector<WantedCopy> wanted = vault.wantedCopies(connection.id);
    const auto sooner = [](const WantedCopy& a, const WantedCopy& b) { return a.next < b.next; };
    const auto first = std::min_element(wanted.begin(), wanted.end(), sooner);
    if (first == wanted.end())
        vault.unschedule(Task::copy, connection.id);
    else
        vault.schedule(Task::copy, connection, std::max(first->next, notBefore));
}

void noteFailedCopy(MediaCopy& copy, bool gone, std::chrono::seconds asked, TimeMs now) {
    const bool atOnce = gone && copy.tries == 0; // when there is another address
    copy.next = atOnce ? now : nextTry(copy.tries, asked, now);
    ++copy.tries;
    if (copy.tries >= mostCopyTries)
        copy.state = CopyState::givenUp;
    else if (gone)
        copy.state = CopyState::stale;
}

} // namespace grantlink
