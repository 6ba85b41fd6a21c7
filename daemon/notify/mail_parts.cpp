#include "daemon/notify/mail_parts.hpp"

#include "daemon/notify/mail_templates.hpp"

#include <stdexcept>
#include <string_view>

namespace grantlink {

namespace {

namespace mustache = kainjow::mustache;

std::string templateText(const std::string& file) {
    const std::string_view text = mailTemplate(file);
    if (!text.data())
        throw std::logic_error("no mail template is called " + file);
    return std::string(text);
}

std::string withoutTags(const std::string& text) {
    std::string out;
    bool inTag = false;
    for (const char c : text) {
        inTag = inTag || c == '<';
        if (!inTag)
            out += c;
        inTag = inTag && c != '>';
    }
    return out;
}

} // namespace

std::string renderText(const std::string& text, const std::string& format,
                       const mustache::data& data) {
    const bool plain = format == "txt";
    mustache::mustache page(plain ? withoutTags(text) : text);
    if (plain)
        page.set_custom_escape([](const std::string& value) { return value; });
    std::string out = page.render(data);
    if (!page.is_valid())
        throw std::logic_error("mail template: " + page.error_message());
    return out;
}

std::string renderMail(const std::string& name, const std::string& format, mustache::data data) {
    for (const char* shared : {"head", "foot"})
        data.set(shared, mustache::data(mustache::partial(
                             [shared] { return templateText(std::string(shared) + ".html"); })));
    return renderText(templateText(name + "." + format), format, data);
}

} // namespace grantlink
