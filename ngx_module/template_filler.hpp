// A template of which some values are known: what depends on them alone is text from then on.
#pragma once

#include "ngx_module/template.hpp"

namespace grantlink {

// Renders as `page` does with the same values in `slots`, and with fewer segments. What is in
// {{#accounts}} stays as it is, because there an account's values stand for the page's.
Template filled(const Template& page, const PageValues& values, SlotSet slots);

} // namespace grantlink
