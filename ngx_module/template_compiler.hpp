// From the text of a template to a Template, in one language.
//
//   {{name}}                a value, HTML-escaped; there is no unescaped form
//   {{#name}} … {{/name}}   only when the value is not empty
//   {{^name}} … {{/name}}   only when it is
//   {{> file}}              another template, put in as it is
//   {{t.key}}               a text of the language, itself a template without {{> }} and {{t. }}
//   {{v.file}}              a version of the file: another one whenever the file is changed
//   {{#accounts}} … {{/accounts}}   repeated for each account of a link that asks for several,
//                                   with that account's values inside
//   {{! … }}                a comment
//   {{lang}} {{dir}} {{page}}     constants of the compilation; sections of them are decided at
//   once
//   {{#languages}} … {{/languages}}   repeated for each language, with {{tag}}, {{name}} and
//                                     {{#current}} inside
//
// Errors: file, line and remedy.
#pragma once

#include "ngx_module/language.hpp"
#include "ngx_module/template.hpp"

#include <boost/system/result.hpp>

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace grantlink {

struct TemplateError {
    std::string message; // "ready.html:12: …"
};

// The texts that templates begin with, each kept once: pages of a language begin alike, with the
// style sheet. It must outlive the templates.
class HeadPool {
  public:
    std::string_view keep(std::string text) { return *texts_.insert(std::move(text)).first; }

  private:
    std::set<std::string> texts_; // whose nodes stay where they are
};

// The text of a template by its file name.
using TemplateSource = std::function<std::optional<std::string_view>(std::string_view name)>;

// `page` without ".html" is {{page}}; `language` is one of `languages`.
boost::system::result<Template, TemplateError>
compileTemplate(std::string_view page, const TemplateSource& source, const Language& language,
                std::span<const Language> languages, HeadPool& heads);

} // namespace grantlink
