#include "daemon/sandbox/pages.hpp"

#include <kainjow/mustache.hpp>

namespace grantlink::sandbox {

namespace {

using kainjow::mustache::data;
using kainjow::mustache::list;
using kainjow::mustache::mustache;
using kainjow::mustache::object;

// In the templates {{name}} is escaped for HTML; only `main`, itself a rendered template, is not.
const std::string layoutTemplate = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{title}} · {{provider}} (sandbox)</title>
<style>
:root { --back: #fafafa; --card: #fff; --line: #dbdbdb; --text: #262626; --quiet: #65676b;
        --strong: #0064e0; --on-strong: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --back: #000; --card: #121212; --line: #363636; --text: #f5f5f5; --quiet: #a8a8a8;
          --strong: #4d9dff; --on-strong: #000; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
       background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 24rem; padding: 1.5rem; background: var(--card);
       border: 1px solid var(--line); border-radius: .75rem; }
h1 { margin: 0 0 .5rem; font-size: 1.25rem; line-height: 1.3; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; }
ul { margin: 0 0 1.5rem; padding-left: 1.25rem; }
.note { margin: 0 0 1rem; color: var(--quiet); font-size: .875rem; }
button { display: block; width: 100%; min-height: 3rem; margin-top: .75rem; padding: .5rem 1rem;
         border: 1px solid var(--line); border-radius: .5rem; background: transparent;
         color: inherit; font: inherit; text-align: left; cursor: pointer; }
button span { display: block; color: var(--quiet); font-size: .875rem; }
button.plain { text-align: center; }
button.strong { border-color: var(--strong); background: var(--strong); color: var(--on-strong);
                font-weight: 600; text-align: center; }
button:focus-visible { outline: 3px solid var(--strong); outline-offset: 2px; }
</style>
</head>
<body data-page="{{page}}">
<main>
<p class="note">{{provider}} sandbox: nothing here is real</p>
{{{main}}}
</main>
</body>
</html>
)html";

const std::string loginTemplate = R"html(<h1>Log in</h1>
<p>Who are you today?</p>
<form method="post" action="{{action}}">
{{#hidden}}<input type="hidden" name="{{field}}" value="{{value}}">
{{/hidden}}{{#accounts}}<button name="account" value="{{handle}}">@{{handle}}<span>{{name}}</span></button>
{{/accounts}}</form>)html";

const std::string consentTemplate = R"html(<h1>{{client}} wants to access @{{handle}}</h1>
<p>You are logged in as {{name}}. If you allow it, {{client}} can:</p>
<ul>
{{#scopes}}<li>{{text}}</li>
{{/scopes}}</ul>
<form method="post" action="{{action}}">
{{#hidden}}<input type="hidden" name="{{field}}" value="{{value}}">
{{/hidden}}<input type="hidden" name="account" value="{{handle}}">
<button class="strong" name="decision" value="approve">Allow</button>
<button class="plain" name="decision" value="decline">Cancel</button>
</form>)html";

const std::string homeTemplate = R"html(<h1>Nobody is logged in</h1>
<p>The sandbox keeps no sessions: it asks who you are each time an app wants access. There is nothing
to switch or to log out of.</p>)html";

const std::string errorTemplate = R"html(<h1>Invalid request</h1>
<p>Request parameters are invalid: {{message}}</p>)html";

std::string render(const std::string& text, const data& values) {
    mustache page(text);
    if (!page.is_valid())
        throw std::logic_error("page template: " + page.error_message());
    return page.render(values);
}

std::string inLayout(const Shape& shape, const std::string& page, const std::string& title,
                     const std::string& main) {
    object values;
    values["provider"] = shape.title;
    values["page"] = page;
    values["title"] = title;
    values["main"] = main;
    return render(layoutTemplate, values);
}

void addHidden(object& values, const Parameters::Fields& hidden) {
    list fields;
    for (const auto& [name, value] : hidden)
        fields.push_back(object{{"field", name}, {"value", value}});
    values["hidden"] = fields;
}

} // namespace

std::string loginPage(const Shape& shape, const std::string& action,
                      const Parameters::Fields& hidden) {
    list people;
    for (const Account& account : accounts())
        people.push_back(object{{"handle", account.handle}, {"name", account.name}});
    object values;
    values["action"] = action;
    values["accounts"] = people;
    addHidden(values, hidden);
    return inLayout(shape, "login", "Log in", render(loginTemplate, values));
}

std::string consentPage(const Shape& shape, const std::string& action, const Account& account,
                        const std::string& clientId, const std::vector<std::string>& scopes,
                        const Parameters::Fields& hidden) {
    list wishes;
    for (const std::string& scope : scopes)
        wishes.push_back(object{{"text", shape.authorization.scopes.at(scope)}});
    object values;
    values["action"] = action;
    values["client"] = clientId;
    values["handle"] = account.handle;
    values["name"] = account.name;
    values["scopes"] = wishes;
    addHidden(values, hidden);
    return inLayout(shape, "consent", "Allow access", render(consentTemplate, values));
}

std::string homePage(const Shape& shape) {
    return inLayout(shape, "home", "Home", render(homeTemplate, object()));
}

std::string errorPage(const Shape& shape, const std::string& message) {
    object values;
    values["message"] = message;
    return inLayout(shape, "error", "Invalid request", render(errorTemplate, values));
}

} // namespace grantlink::sandbox
