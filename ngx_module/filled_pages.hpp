// Pages with the values that many links share filled in: who asks, provider, brand, and where the
// assets are. What is left to be rendered is a quarter of a page's segments.
//
// It is a cache of few places: a page is filled in when it comes to its place twice in a row with
// the same of these values, and kept until another comes there. One thread.
#pragma once

#include "ngx_module/template.hpp"

#include <array>
#include <optional>
#include <string>

namespace grantlink {

class FilledPages {
  public:
    // The page with such values of `values` filled in, or as it is. Valid until the next call.
    const Template& find(const Template& page, const PlainValues& values);

  private:
    static constexpr std::array shared{
        Slot::requester, Slot::provider,  Slot::brand,  Slot::logo,    Slot::colour,
        Slot::switchurl, Slot::switchhow, Slot::assets, Slot::problem, Slot::retry};

    // A page, and its shared values as they were.
    class Entry {
      public:
        bool isOf(const Template& page, const PlainValues& values) const;
        void become(const Template& page, const PlainValues& values);
        const Template& filledIn(const PlainValues& values);

      private:
        const Template* page_ = nullptr;
        std::string text_; // of the values, one after the other
        std::array<std::size_t, shared.size()> sizes_{};
        std::optional<Template> filled_;
    };

    Entry& entryFor(const Template& page, const PlainValues& values);

    std::array<Entry, 16> entries_; // as many as four bits tell apart
};

} // namespace grantlink
