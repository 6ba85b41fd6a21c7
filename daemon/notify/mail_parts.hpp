// Mails from templates: what all kinds of them share.
//
// Errors: a broken template throws std::logic_error; the unit tests render them all.
#pragma once

#include "daemon/notify/mail.hpp"

#include <kainjow/mustache.hpp>

#include <string>

namespace grantlink {

// The templates `name`.txt or `name`.html of notify/templates/; the latter with head and foot as
// partials, and with its values escaped.
std::string renderMail(const std::string& name, const std::string& format,
                       kainjow::mustache::data data);

// A text of ours with values in it. In HTML these are escaped; elsewhere its mark-up goes.
std::string renderText(const std::string& text, const std::string& format,
                       const kainjow::mustache::data& data);

} // namespace grantlink
