// XML 1.0 documents, as much of them as a feed needs: elements, attributes, text.
//
// Whatever text comes in, what goes out is well-formed: markup is escaped, and characters that XML
// does not have (section 2.2) and bytes that are no UTF-8 become U+FFFD. Names are the caller's and
// written as they are.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grantlink {

class XmlWriter {
  public:
    using Attributes = std::vector<std::pair<std::string_view, std::string_view>>;

    XmlWriter() : out_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") {}

    XmlWriter& open(std::string_view name, const Attributes& attributes = {});
    XmlWriter& close(); // the element that was opened last
    XmlWriter& element(std::string_view name, const Attributes& attributes,
                       std::string_view text = {});

    XmlWriter& element(std::string_view name, std::string_view text) {
        return element(name, {}, text);
    }

    std::string take() { return std::move(out_); } // when all are closed

  private:
    void start(std::string_view name, const Attributes& attributes, std::string_view end);
    void escape(std::string_view text);

    std::string out_;
    std::vector<std::string> open_;
};

} // namespace grantlink
