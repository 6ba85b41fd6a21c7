#include "daemon/notify/mail_language.hpp"

#include "daemon/notify/mail_languages.hpp"
#include "daemon/notify/mail_parts.hpp"
#include "daemon/notify/page_languages.hpp"
#include "daemon/text/ascii.hpp"
#include "shared/language_tag.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <stdexcept>

namespace grantlink {

namespace {

toml::table parsed(std::string_view text) {
    toml::parse_result result = toml::parse(text);
    if (!result)
        throw std::logic_error("the texts of mails: " + std::string(result.error().description()));
    return std::move(result).table();
}

std::string fileOf(std::string_view language) {
    return lowerCase(language) + ".toml";
}

std::string textIn(toml::node_view<const toml::node> node) {
    const auto text = node.value<std::string>();
    if (!text)
        throw std::logic_error("a text of mails is missing");
    return *text;
}

std::string orEnglish(std::string tag) {
    return tag.empty() ? "en" : tag;
}

std::tm utc(TimeMs when) {
    return fmt::gmtime(static_cast<std::time_t>(when / 1000));
}

} // namespace

std::string mailLanguageFor(std::string_view wanted) {
    while (!wanted.empty() && !mailLanguage(fileOf(wanted)).data())
        wanted = shorterLanguageTag(wanted);
    return std::string(wanted);
}

MailLanguage::MailLanguage(std::string_view wanted)
    : tag_(orEnglish(mailLanguageFor(wanted))), page_(parsed(pageLanguage(fileOf(tag_)))),
      mail_(parsed(mailLanguage(fileOf(tag_)))) {}

std::string MailLanguage::direction() const {
    return page_["direction"].value_or(std::string());
}

std::string MailLanguage::page(std::string_view key) const {
    return textIn(page_["strings"][key]);
}

std::string MailLanguage::mail(std::string_view key) const {
    return textIn(mail_[key]);
}

std::string MailLanguage::date(TimeMs when) const {
    const std::tm day = utc(when);
    const std::string month = textIn(page_["months"][static_cast<std::size_t>(day.tm_mon)]);
    return fmt::format(fmt::runtime(textIn(page_["date"])), fmt::arg("day", day.tm_mday),
                       fmt::arg("month", month), fmt::arg("month_number", day.tm_mon + 1),
                       fmt::arg("year", day.tm_year + 1900));
}

// UTC: a mail does not know where it is read.
std::string MailLanguage::time(TimeMs when) const {
    kainjow::mustache::data values;
    values.set("date", date(when));
    values.set("time", fmt::format("{:%H:%M}", utc(when)));
    return renderText(mail("time"), "txt", values);
}

} // namespace grantlink
