#include "ngx_module/template_filler.hpp"

#include <utility>

namespace grantlink {

class TemplateFiller {
  public:
    TemplateFiller(const Template& page, const PageValues& values, SlotSet slots)
        : page_(page), values_(values), slots_(slots), places_(page.segments_.size() + 1) {}

    Template fill() {
        out_.head_ = page_.head_;
        out_.page_.text = page_.head_.size();
        for (std::size_t i = 0; i < page_.segments_.size();)
            i = addSegment(i);
        reach(page_.segments_.size());
        for (Template::Segment& segment : out_.segments_)
            if (isJump(segment))
                segment.at = places_[segment.at].number;
        out_.texts_.append(Template::surplus, '\0');
        out_.texts_.shrink_to_fit();
        out_.segments_.shrink_to_fit();
        return std::move(out_);
    }

  private:
    // Of a segment of the page: which one of the new template's it has become.
    struct Place {
        std::uint32_t number = 0;
        bool isTarget = false; // of a jump
    };

    static bool isJump(const Template::Segment& segment) {
        return segment.behind != Template::Kind::nothing && segment.behind != Template::Kind::value;
    }

    bool isKnown(const Template::Segment& segment) const {
        return !inAccounts_ && segment.slot != Slot::count &&
               slots_[static_cast<std::size_t>(segment.slot)];
    }

    // Answers where to go on.
    std::size_t addSegment(std::size_t i) {
        const Template::Segment& segment = page_.segments_[i];
        reach(i);
        addText(std::string_view(page_.texts_).substr(segment.text, segment.size));
        if (segment.behind == Template::Kind::nothing)
            return i + 1;
        if (!isKnown(segment)) {
            addBehind(segment);
            return i + 1;
        }
        const std::string_view value = values_[segment.slot];
        if (segment.behind == Template::Kind::value)
            addText(value);
        else if (value.empty() == (segment.behind == Template::Kind::skipIfEmpty))
            return segment.at;
        return i + 1;
    }

    // Texts in a row become one, but where a jump goes between them.
    void reach(std::size_t i) {
        isOpen_ = isOpen_ && !places_[i].isTarget;
        places_[i].number = static_cast<std::uint32_t>(out_.segments_.size() - (isOpen_ ? 1 : 0));
    }

    Template::Segment& openSegment() {
        if (!isOpen_)
            out_.segments_.push_back({static_cast<std::uint32_t>(out_.texts_.size())});
        isOpen_ = true;
        return out_.segments_.back();
    }

    void addText(std::string_view text) {
        if (text.empty())
            return;
        openSegment().size += static_cast<std::uint32_t>(text.size());
        out_.texts_ += text;
        sizes().text += text.size();
    }

    void addBehind(const Template::Segment& of) {
        Template::Segment& segment = openSegment();
        segment.behind = of.behind;
        segment.slot = of.slot;
        segment.at = of.at; // of the page's; fill() makes it ours
        isOpen_ = false;
        if (of.slot != Slot::count)
            out_.mentions_.set(static_cast<std::size_t>(of.slot));
        if (of.behind == Template::Kind::value)
            sizes().use(of.slot);
        if (isJump(of))
            places_[of.at].isTarget = true;
        if (of.behind == Template::Kind::each || of.behind == Template::Kind::next)
            inAccounts_ = of.behind == Template::Kind::each;
    }

    Template::Sizes& sizes() { return inAccounts_ ? out_.account_ : out_.page_; }

    const Template& page_;
    const PageValues& values_;
    const SlotSet slots_;
    std::vector<Place> places_;
    Template out_;
    bool inAccounts_ = false;
    bool isOpen_ = false; // the newest segment
};

Template filled(const Template& page, const PageValues& values, SlotSet slots) {
    return TemplateFiller(page, values, slots).fill();
}

} // namespace grantlink
