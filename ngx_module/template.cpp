#include "ngx_module/template.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace grantlink {

namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(Slot::count)> slotNames{
    "requester", "account", "provider", "approver", "detail", "expires",
};

constexpr int maxDepth = 8;       // of {{> file}} in {{> file}}
constexpr int maxIncluded = 1000; // of them in one page; without a cap each level multiplies

std::optional<Slot> slotNamed(std::string_view name) {
    const auto found = std::find(slotNames.begin(), slotNames.end(), name);
    if (found == slotNames.end())
        return std::nullopt;
    return static_cast<Slot>(found - slotNames.begin());
}

std::string_view entityOf(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return {};
    }
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace

class TemplateCompiler {
  public:
    explicit TemplateCompiler(const TemplateSource& source) : source_(source) {}

    std::optional<TemplateError> compile(std::string_view name, int depth) {
        const auto text = source_(name);
        if (!text)
            return TemplateError{std::string(name) + ": there is no such template"};
        if (depth > maxDepth)
            return TemplateError{std::string(name) + ": templates include each other"};
        if (++included_ > maxIncluded)
            return TemplateError{std::string(name) + ": the page includes more than " +
                                 std::to_string(maxIncluded) +
                                 " templates; make them fewer and larger"};
        const std::size_t outside = open_.size();
        if (auto error = compileText(name, *text, depth, outside))
            return error;
        if (open_.size() > outside)
            return at(name, *text, text->size(),
                      "the section {{#" + std::string(open_.back().name) +
                          "}} is not closed; add {{/" + std::string(open_.back().name) + "}}");
        return std::nullopt;
    }

    Template take() { return std::move(out_); }

  private:
    struct Open {
        std::string_view name;
        std::size_t segment;
    };

    static TemplateError at(std::string_view name, std::string_view text, std::size_t position,
                            const std::string& what) {
        const auto line = 1 + std::count(text.begin(), text.begin() + position, '\n');
        return {std::string(name) + ":" + std::to_string(line) + ": " + what};
    }

    std::optional<TemplateError> compileText(std::string_view name, std::string_view text,
                                             int depth, std::size_t outside) {
        std::size_t here = 0;
        while (here < text.size()) {
            const std::size_t tag = text.find("{{", here);
            addText(text.substr(here, tag - here));
            if (tag == std::string_view::npos)
                break;
            const std::size_t end = text.find("}}", tag);
            if (end == std::string_view::npos)
                return at(name, text, tag, "this {{ has no }}");
            const std::string_view inside = trimmed(text.substr(tag + 2, end - tag - 2));
            std::string problem;
            if (inside.starts_with('>')) {
                if (auto error = compile(trimmed(inside.substr(1)), depth + 1))
                    return error;
            } else {
                problem = addTag(inside, outside);
            }
            if (!problem.empty())
                return at(name, text, tag, problem);
            here = end + 2;
        }
        return std::nullopt;
    }

    void addText(std::string_view text) {
        if (!text.empty())
            out_.segments_.push_back({Template::Kind::text, Slot::count, 0, text});
    }

    // What is wrong with the tag, or nothing.
    std::string addTag(std::string_view inside, std::size_t outside) {
        const char sigil = inside.empty() ? ' ' : inside.front();
        if (sigil == '!')
            return {};
        const bool plain = sigil != '#' && sigil != '^' && sigil != '/';
        const std::string_view name = plain ? inside : trimmed(inside.substr(1));
        const auto slot = slotNamed(name);
        if (!slot)
            return "there is no value \"" + std::string(name) + "\"; known are " + knownNames();
        if (plain)
            out_.segments_.push_back({Template::Kind::value, *slot, 0, {}});
        else if (sigil == '/')
            return closeSection(name, outside);
        else
            openSection(name, *slot, sigil == '#');
        return {};
    }

    void openSection(std::string_view name, Slot slot, bool whenSet) {
        open_.push_back({name, out_.segments_.size()});
        const auto kind = whenSet ? Template::Kind::skipIfEmpty : Template::Kind::skipIfSet;
        out_.segments_.push_back({kind, slot, 0, {}});
    }

    std::string closeSection(std::string_view name, std::size_t outside) {
        if (open_.size() <= outside || open_.back().name != name)
            return "{{/" + std::string(name) + "}} closes a section that is not open here";
        out_.segments_[open_.back().segment].skipTo =
            static_cast<std::uint32_t>(out_.segments_.size());
        open_.pop_back();
        return {};
    }

    static std::string knownNames() {
        std::string out;
        for (std::string_view name : slotNames)
            out += (out.empty() ? "" : ", ") + std::string(name);
        return out;
    }

    const TemplateSource& source_;
    Template out_;
    std::vector<Open> open_;
    int included_ = 0;
};

boost::system::result<Template, TemplateError> Template::compile(std::string_view name,
                                                                 const TemplateSource& source) {
    TemplateCompiler compiler(source);
    if (auto error = compiler.compile(name, 0))
        return *error;
    return compiler.take();
}

template <typename Visit>
void Template::walk(const PageValues& values, Visit visit) const {
    for (std::size_t i = 0; i < segments_.size();) {
        const Segment& segment = segments_[i++];
        switch (segment.kind) {
        case Kind::text:
            visit(segment.text, false);
            break;
        case Kind::value:
            visit(values[segment.slot], true);
            break;
        case Kind::skipIfEmpty:
            if (values[segment.slot].empty())
                i = segment.skipTo;
            break;
        case Kind::skipIfSet:
            if (!values[segment.slot].empty())
                i = segment.skipTo;
            break;
        }
    }
}

std::size_t Template::size(const PageValues& values) const {
    std::size_t total = 0;
    walk(values, [&](std::string_view text, bool escaped) {
        total += text.size();
        if (!escaped)
            return;
        for (char c : text)
            if (const auto entity = entityOf(c); !entity.empty())
                total += entity.size() - 1;
    });
    return total;
}

char* Template::render(const PageValues& values, char* out) const {
    walk(values, [&](std::string_view text, bool escaped) {
        if (!escaped) {
            out = std::copy(text.begin(), text.end(), out);
            return;
        }
        for (char c : text) {
            const auto entity = entityOf(c);
            if (entity.empty())
                *out++ = c;
            else
                out = std::copy(entity.begin(), entity.end(), out);
        }
    });
    return out;
}

} // namespace grantlink
