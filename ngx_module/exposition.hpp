// Prometheus' text format 0.0.4: families of samples, each with its HELP and TYPE.
// https://prometheus.io/docs/instrumenting/exposition_formats/
//
// Whatever a label's value is, the text stays well formed: it is escaped here.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace grantlink {

class Exposition {
  public:
    static constexpr std::string_view contentType = "text/plain; version=0.0.4; charset=utf-8";

    using Label = std::pair<std::string_view, std::string_view>; // name, value
    using Labels = std::initializer_list<Label>;

    // What follows belongs to this family, until the next. `type` as the format spells it.
    void family(std::string_view name, std::string_view type, std::string_view help);

    void sample(Labels labels, std::uint64_t value);

    // A part of a histogram; the value is in units of 10^-`places`, and exact.
    void sample(std::string_view suffix, Labels labels, std::uint64_t value, unsigned places = 0);

    const std::string& text() const { return text_; }

  private:
    std::string_view name_;
    std::string text_;
};

// 1500000 with nine places: 0.0015
std::string decimal(std::uint64_t value, unsigned places);

} // namespace grantlink
