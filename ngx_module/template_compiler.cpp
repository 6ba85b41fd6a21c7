#include "ngx_module/template_compiler.hpp"

#include "shared/trimmed.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <utility>

namespace grantlink {

namespace {

constexpr std::array<std::string_view, slotCount> slotNames{
    "requester", "account", "provider",  "approver",  "detail", "expires", "brand",
    "logo",      "colour",  "switchurl", "switchhow", "assets", "problem", "retry",
    "message",   "total",   "done",      "item",      "start",  "waits",   "connected",
    "declined",  "wrong",   "failed",    "checking",
};

constexpr int maxDepth = 8;       // of {{> file}} in {{> file}}
constexpr int maxIncluded = 1000; // of them in one page; without a cap each level multiplies
constexpr std::size_t maxText = 16 << 20; // of one page
constexpr std::size_t maxUses = 0xffff;   // of one value in one template
constexpr std::string_view textPrefix = "t.";
constexpr std::string_view versionPrefix = "v.";
constexpr std::string_view languageLoop = "languages";
constexpr std::string_view accountLoop = "accounts";

std::optional<Slot> slotNamed(std::string_view name) {
    const auto found = std::find(slotNames.begin(), slotNames.end(), name);
    if (found == slotNames.end())
        return std::nullopt;
    return static_cast<Slot>(found - slotNames.begin());
}

constexpr std::string_view whitespace = " \t\r\n";

std::string quoted(std::string_view name) {
    return "\"" + std::string(name) + "\"";
}

std::string tag(char sigil, std::string_view name) {
    return std::string("{{") + sigil + std::string(name) + "}}";
}

// Eight letters and digits that are others when the text is another one.
std::string versionOf(std::string_view text) {
    std::array<unsigned char, crypto_generichash_BYTES_MIN> hash;
    crypto_generichash(hash.data(), hash.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(), nullptr,
                       0);
    std::array<char, 2 * 4 + 1> out;
    sodium_bin2hex(out.data(), out.size(), hash.data(), 4);
    return out.data();
}

// A text that is being compiled: a template file, or one entry of a language's texts.
struct Source {
    std::string_view file;
    std::string_view text;
    std::size_t firstLine = 1;
    bool isFile = true; // else no {{> }} and {{t. }}
};

} // namespace

class TemplateCompiler {
  public:
    TemplateCompiler(std::string_view page, const TemplateSource& files, const Language& language,
                     std::span<const Language> languages, HeadPool& heads)
        : page_(page), files_(files), language_(language), languages_(languages), heads_(heads) {}

    Template compile() {
        includeFile(std::string(page_) + ".html", 0);
        cutHead();
        addUpSizes();
        out_.texts_.append(Template::surplus, '\0');
        out_.texts_.shrink_to_fit();
        out_.segments_.shrink_to_fit();
        return std::move(out_);
    }

  private:
    // Thrown inside the compiler alone: compileTemplate() makes it a value.
    friend boost::system::result<Template, TemplateError>
    compileTemplate(std::string_view, const TemplateSource&, const Language&,
                    std::span<const Language>, HeadPool&);

    struct Open {
        std::string_view name;
        std::size_t segment; // npos: decided already
        bool mutes = false;
    };

    static constexpr std::size_t npos = static_cast<std::size_t>(-1);

    [[noreturn]] static void fail(const Source& in, std::size_t position, const std::string& what) {
        const auto line =
            in.firstLine + std::count(in.text.begin(), in.text.begin() + position, '\n');
        throw TemplateError{std::string(in.file) + ":" + std::to_string(line) + ": " + what};
    }

    void includeFile(const std::string& name, int depth) {
        const auto text = files_(name);
        if (!text)
            throw TemplateError{name + ": there is no such template"};
        if (depth > maxDepth)
            throw TemplateError{name + ": templates include each other"};
        if (++included_ > maxIncluded)
            throw TemplateError{name + ": the page includes more than " +
                                std::to_string(maxIncluded) +
                                " templates; make them fewer and larger"};
        compileAll({name, *text}, depth);
    }

    void compileAll(const Source& in, int depth) {
        const std::size_t outside = open_.size();
        compileRange(in, 0, in.text.size(), depth, outside);
        if (open_.size() > outside)
            fail(in, in.text.size(),
                 "the section " + tag('#', open_.back().name) + " is not closed; add " +
                     tag('/', open_.back().name));
    }

    void compileRange(const Source& in, std::size_t here, std::size_t stop, int depth,
                      std::size_t outside) {
        while (here < stop) {
            const std::size_t begin = std::min(in.text.find("{{", here), stop);
            addText(in.text.substr(here, begin - here));
            if (begin == stop)
                return;
            const std::size_t end = in.text.find("}}", begin);
            if (end == std::string_view::npos)
                fail(in, begin, "this {{ has no }}");
            const std::string_view inside =
                trimmed(in.text.substr(begin + 2, end - begin - 2), whitespace);
            here = end + 2;
            if (inside == "#languages")
                here = repeat(in, begin, here, depth);
            else if (inside == "#accounts")
                here = repeatAtRun(in, begin, here, depth);
            else
                addTag(in, begin, inside, depth, outside);
        }
    }

    // Compiles what is between {{#languages}} and its end once for each language.
    std::size_t repeat(const Source& in, std::size_t begin, std::size_t bodyBegin, int depth) {
        const std::size_t bodyEnd = endOfLoop(in, begin, bodyBegin, languageLoop, each_ != nullptr);
        for (const Language& language : languages_) {
            each_ = &language;
            compileBody(in, bodyBegin, bodyEnd, depth, languageLoop);
        }
        each_ = nullptr;
        return bodyEnd + tag('/', languageLoop).size();
    }

    // Compiles what is between {{#accounts}} and its end once, to be rendered for each of them.
    std::size_t repeatAtRun(const Source& in, std::size_t begin, std::size_t bodyBegin, int depth) {
        const std::size_t bodyEnd = endOfLoop(in, begin, bodyBegin, accountLoop, inAccounts_);
        const std::size_t each = muted_ ? npos : addBehind(Template::Kind::each);
        inAccounts_ = true;
        compileBody(in, bodyBegin, bodyEnd, depth, accountLoop);
        inAccounts_ = false;
        if (!muted_) {
            const std::size_t next = addBehind(Template::Kind::next);
            out_.segments_[next].at = static_cast<std::uint32_t>(each + 1);
            out_.segments_[each].at = jumpTarget();
        }
        return bodyEnd + tag('/', accountLoop).size();
    }

    std::size_t endOfLoop(const Source& in, std::size_t begin, std::size_t bodyBegin,
                          std::string_view loop, bool isInside) const {
        const std::string close = tag('/', loop);
        const std::size_t bodyEnd = in.text.find(close, bodyBegin);
        if (!in.isFile || isInside || bodyEnd == std::string_view::npos)
            fail(in, begin,
                 tag('#', loop) + " stands in a template file, is closed by " + close +
                     " and does not contain itself");
        return bodyEnd;
    }

    void compileBody(const Source& in, std::size_t begin, std::size_t end, int depth,
                     std::string_view loop) {
        const std::size_t outside = open_.size();
        compileRange(in, begin, end, depth, outside);
        if (open_.size() > outside)
            fail(in, end, tag('#', open_.back().name) + " is not closed before " + tag('/', loop));
    }

    void addTag(const Source& in, std::size_t position, std::string_view inside, int depth,
                std::size_t outside) {
        const char sigil = inside.empty() ? ' ' : inside.front();
        if (sigil == '!')
            return;
        const bool plain = sigil != '#' && sigil != '^' && sigil != '/' && sigil != '>';
        const std::string_view name = plain ? inside : trimmed(inside.substr(1), whitespace);
        if (sigil == '/')
            closeSection(in, position, name, outside);
        else if (sigil == '>')
            include(in, position, name, depth);
        else if (plain && name.starts_with(textPrefix))
            addString(in, position, name.substr(textPrefix.size()), depth);
        else if (plain && name.starts_with(versionPrefix))
            addVersion(in, position, name.substr(versionPrefix.size()));
        else if (const auto constant = constantNamed(name))
            plain ? addText(escapeHtml(*constant))
                  : decideSection(name, constant->empty() == (sigil == '#'));
        else
            addSlot(in, position, name, plain ? ' ' : sigil);
    }

    void include(const Source& in, std::size_t position, std::string_view name, int depth) {
        if (!in.isFile)
            fail(in, position, "a text of a language cannot include a template");
        includeFile(std::string(name), depth + 1);
    }

    void addString(const Source& in, std::size_t position, std::string_view key, int depth) {
        if (!in.isFile)
            fail(in, position, "a text of a language cannot use another one");
        const LanguageText* text = language_.text(key);
        if (!text)
            fail(in, position,
                 "strings/" + language_.tag + ".toml has no " + quoted(key) + "; add it there");
        compileAll({text->file, text->text, text->line, false}, depth);
    }

    void addVersion(const Source& in, std::size_t position, std::string_view file) {
        const auto text = files_(file);
        if (!text)
            fail(in, position, "there is no file " + quoted(file));
        addText(versionOf(*text));
    }

    std::optional<std::string_view> constantNamed(std::string_view name) const {
        if (name == "lang")
            return language_.tag;
        if (name == "dir")
            return language_.rightToLeft ? "rtl" : "ltr";
        if (name == "page")
            return page_;
        if (each_ && name == "tag")
            return each_->tag;
        if (each_ && name == "name")
            return each_->name;
        if (each_ && name == "current")
            return each_->tag == language_.tag ? "current" : "";
        return std::nullopt;
    }

    void addSlot(const Source& in, std::size_t position, std::string_view name, char sigil) {
        const auto slot = slotNamed(name);
        if (!slot)
            fail(in, position, "there is no value " + quoted(name) + "; known are " + knownNames());
        const Template::Kind kind = sigil == ' '   ? Template::Kind::value
                                    : sigil == '#' ? Template::Kind::skipIfEmpty
                                                   : Template::Kind::skipIfSet;
        const std::size_t added = muted_ ? npos : addBehind(kind, *slot);
        if (sigil != ' ')
            open_.push_back({name, added});
        if (muted_)
            return;
        out_.mentions_.set(static_cast<std::size_t>(*slot));
        Template::Sizes& sizes = inAccounts_ ? out_.account_ : out_.page_;
        if (sigil == ' ' && sizes.use(*slot) == maxUses)
            fail(in, position, quoted(name) + " is used too often");
    }

    // A section of a constant: what is inside is compiled, and kept unless `mutes`.
    void decideSection(std::string_view name, bool mutes) {
        open_.push_back({name, npos, mutes});
        muted_ += mutes;
    }

    void closeSection(const Source& in, std::size_t position, std::string_view name,
                      std::size_t outside) {
        if (open_.size() <= outside || open_.back().name != name)
            fail(in, position, tag('/', name) + " closes a section that is not open here");
        const Open closed = open_.back();
        open_.pop_back();
        muted_ -= closed.mutes;
        if (closed.segment == npos)
            return;
        out_.segments_[closed.segment].at = jumpTarget();
    }

    // The segment that is being made: as long as nothing stands behind its text, and none jumps
    // over it, texts in a row become one.
    Template::Segment& openSegment() {
        if (!isOpen_)
            out_.segments_.push_back({static_cast<std::uint32_t>(out_.texts_.size())});
        isOpen_ = true;
        return out_.segments_.back();
    }

    void addText(std::string_view text) {
        if (text.empty() || muted_)
            return;
        if (text.size() > maxText - out_.texts_.size())
            throw TemplateError{std::string(page_) + ".html: the page has more than " +
                                std::to_string(maxText >> 20) + " MiB of text"};
        openSegment().size += static_cast<std::uint32_t>(text.size());
        out_.texts_ += text;
    }

    // Answers the number of the segment.
    std::size_t addBehind(Template::Kind kind, Slot slot = Slot::count) {
        Template::Segment& segment = openSegment();
        segment.behind = kind;
        segment.slot = slot;
        isOpen_ = false;
        return out_.segments_.size() - 1;
    }

    // Of a jump to here.
    std::uint32_t jumpTarget() {
        isOpen_ = false;
        return static_cast<std::uint32_t>(out_.segments_.size());
    }

    void cutHead() {
        if (out_.segments_.empty())
            return;
        Template::Segment& first = out_.segments_.front();
        out_.head_ = heads_.keep(out_.texts_.substr(0, first.size));
        out_.page_.text += first.size;
        out_.texts_.erase(0, first.size);
        for (Template::Segment& segment : std::span(out_.segments_).subspan(1))
            segment.text -= first.size;
        first.size = 0;
    }

    void addUpSizes() {
        Template::Sizes* sizes = &out_.page_;
        for (const Template::Segment& segment : out_.segments_) {
            sizes->text += segment.size;
            if (segment.behind == Template::Kind::each)
                sizes = &out_.account_;
            if (segment.behind == Template::Kind::next)
                sizes = &out_.page_;
        }
    }

    static std::string knownNames() {
        std::string out;
        for (std::string_view name : slotNames)
            out += (out.empty() ? "" : ", ") + std::string(name);
        return out;
    }

    std::string_view page_;
    const TemplateSource& files_;
    const Language& language_;
    std::span<const Language> languages_;
    HeadPool& heads_;
    const Language* each_ = nullptr; // of {{#languages}}

    Template out_;
    std::vector<Open> open_;
    int muted_ = 0;
    int included_ = 0;
    bool inAccounts_ = false; // in {{#accounts}}
    bool isOpen_ = false;     // the newest segment
};

boost::system::result<Template, TemplateError>
compileTemplate(std::string_view page, const TemplateSource& source, const Language& language,
                std::span<const Language> languages, HeadPool& heads) {
    try {
        return TemplateCompiler(page, source, language, languages, heads).compile();
    } catch (const TemplateError& error) {
        return error;
    }
}

} // namespace grantlink
