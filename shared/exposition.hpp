// Prometheus' text format 0.0.4: families of samples, each with its HELP and TYPE.
// https://prometheus.io/docs/instrumenting/exposition_formats/
//
// Whatever a label's value is, the text stays well formed: it is escaped here.
#pragma once

#include "shared/histogram.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
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

    // All of one, which has this label beside `le`; values are in units of 10^-`places`.
    template <const auto& bounds>
    void histogram(const Histogram<bounds>& histogram, unsigned places,
                   std::optional<Label> label = {});

    const std::string& text() const { return text_; }

  private:
    void bucket(std::optional<Label> label, std::string_view bound, std::uint64_t value);
    void part(std::string_view suffix, std::optional<Label> label, std::uint64_t value,
              unsigned places);

    std::string_view name_;
    std::string text_;
};

// 1500000 with nine places: 0.0015
std::string decimal(std::uint64_t value, unsigned places);

template <const auto& bounds>
void Exposition::histogram(const Histogram<bounds>& histogram, unsigned places,
                           std::optional<Label> label) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        below += histogram.count(i);
        bucket(label, decimal(bounds[i], places), below);
    }
    below += histogram.count(bounds.size());
    bucket(label, "+Inf", below);
    part("_sum", label, histogram.sum(), places);
    part("_count", label, below, 0);
}

} // namespace grantlink
