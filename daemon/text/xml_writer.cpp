#include "daemon/text/xml_writer.hpp"

#include <boost/locale/utf.hpp>

#include <iterator>

namespace grantlink {

namespace {

using Utf8 = boost::locale::utf::utf_traits<char>;

constexpr char32_t replacement = 0xfffd;

bool isXmlCharacter(char32_t c) {
    if (c < 0x20)
        return c == '\t' || c == '\n' || c == '\r';
    return c != 0xfffe && c != 0xffff;
}

} // namespace

void XmlWriter::start(std::string_view name, const Attributes& attributes, std::string_view end) {
    out_.append(open_.size(), ' ').append(1, '<').append(name);
    for (const auto& [key, value] : attributes) {
        out_.append(1, ' ').append(key).append("=\"");
        escape(value);
        out_ += '"';
    }
    out_ += end;
}

XmlWriter& XmlWriter::open(std::string_view name, const Attributes& attributes) {
    start(name, attributes, ">\n");
    open_.emplace_back(name);
    return *this;
}

XmlWriter& XmlWriter::close() {
    const std::string name = std::move(open_.back());
    open_.pop_back();
    out_.append(open_.size(), ' ').append("</").append(name).append(">\n");
    return *this;
}

XmlWriter& XmlWriter::element(std::string_view name, const Attributes& attributes,
                              std::string_view text) {
    start(name, attributes, text.empty() ? "/>\n" : ">");
    if (text.empty())
        return *this;
    escape(text);
    out_.append("</").append(name).append(">\n");
    return *this;
}

void XmlWriter::escape(std::string_view text) {
    for (auto at = text.begin(); at != text.end();) {
        const auto begin = at;
        char32_t c = Utf8::decode(at, text.end());
        if (c == boost::locale::utf::illegal || c == boost::locale::utf::incomplete) {
            c = replacement;
            at = std::next(begin); // the next byte may begin a valid sequence
        }
        if (c == '&')
            out_ += "&amp;";
        else if (c == '<')
            out_ += "&lt;";
        else if (c == '>')
            out_ += "&gt;";
        else if (c == '"')
            out_ += "&quot;";
        else if (c == '\r') // a parser would make a line feed of it (section 2.11)
            out_ += "&#13;";
        else
            Utf8::encode(isXmlCharacter(c) ? c : replacement, std::back_inserter(out_));
    }
}

} // namespace grantlink
