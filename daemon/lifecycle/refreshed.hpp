// How a refresh can end.
#pragma once

namespace grantlink {

enum class Refreshed {
    done,
    notActive,  // there is nothing to refresh
    impossible, // the provider has no refresh, or this token none
    failed,     // for now; the failure says why
    broken,     // the provider refused for good: a new approval is needed
};

} // namespace grantlink
