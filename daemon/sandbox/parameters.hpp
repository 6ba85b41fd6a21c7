// The fields of a query or form, by name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace grantlink::sandbox {

class Parameters {
  public:
    using Fields = std::vector<std::pair<std::string, std::string>>;

    Parameters() = default;

    explicit Parameters(Fields fields) : fields_(std::move(fields)) {}

    std::string get(std::string_view name) const; // "" when absent

    const Fields& fields() const { return fields_; }

    // The first of `names` that is absent or empty.
    std::optional<std::string> firstMissing(const std::vector<std::string>& names) const;

    // A name that occurs twice, which RFC 6749 (section 3.1 and 3.2) forbids.
    std::optional<std::string> firstRepeated() const;

  private:
    Fields fields_;
};

// Blanks around an item are dropped, and so are empty ones.
std::vector<std::string> splitList(std::string_view text, char separator = ',');

} // namespace grantlink::sandbox
