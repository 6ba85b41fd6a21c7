#include "ngx_module/log_redaction.hpp"

#include "shared/uuid.hpp"

#include <algorithm>

namespace grantlink {

namespace {

// Long enough that no ordinary word is taken for it, short enough for a line that was cut.
constexpr std::ptrdiff_t secretLength = 20;

bool isBase64url(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

// In a path that was not decoded yet.
bool isTokenLike(char c) {
    return isBase64url(c) || c == '%';
}

bool endsValue(char c) {
    return c == ' ' || c == '"' || c == '\n' || c == '\r' || c == '&' || c == ';';
}

// Whether anything in the URL is long enough for a token. The id of an attempt is known by its
// form; it may be logged.
bool holdsToken(std::string_view url) {
    for (auto from = url.begin(); from != url.end();) {
        const auto begin = std::find_if(from, url.end(), isTokenLike);
        const auto end = std::find_if_not(begin, url.end(), isTokenLike);
        if (end - begin >= secretLength && !Uuid::parse(std::string_view(begin, end)))
            return true;
        from = end;
    }
    return false;
}

class Redactor {
  public:
    explicit Redactor(std::span<char> text) : text_(text) {}

    bool changed() const { return changed_; }

    // Before nginx has decoded a path it may have anything in front of the token: "./", "%2e/".
    void approvePath(std::string_view prefix) {
        eachOccurrence(prefix, [&](std::size_t behind) {
            if (holdsToken(view().substr(behind, endOfUrl(behind) - behind)))
                overwriteUrl(behind);
        });
    }

    // In nginx's debug log, where an authorization response may lack its state.
    void arguments() {
        eachOccurrence("http args: \"", [&](std::size_t behind) {
            constexpr std::string_view name = "code=";
            const std::size_t end = endOfUrl(behind);
            for (std::size_t at = view().find(name, behind); at < end;
                 at = view().find(name, at + 1))
                if (at == behind || text_[at - 1] == '&')
                    overwriteWhileNot(at + name.size(), endsValue);
        });
    }

    void callbackQuery(std::string_view prefix) {
        eachOccurrence(prefix, [&](std::size_t behind) {
            const std::size_t end = endOfUrl(behind);
            const std::string_view rest = view().substr(behind, end - behind);
            const std::size_t query = rest.find('?');
            const bool response = rest.find("code=") != std::string_view::npos ||
                                  rest.find("state=") != std::string_view::npos;
            if (query != std::string_view::npos && response)
                overwriteUrl(behind + query + 1);
        });
    }

    void parameters() {
        if (!holdsState())
            return;
        for (std::string_view name : {"state=", "code=", "code_challenge=", "nonce="})
            eachOccurrence(name, [&](std::size_t behind) { overwriteWhileNot(behind, endsValue); });
    }

    void cookies() {
        eachOccurrence("grantlink-", [&](std::size_t behind) {
            const std::size_t equals = view().find('=', behind);
            constexpr std::size_t longestName = 16; // confirm-XXXXXXXX
            if (equals != std::string_view::npos && equals - behind <= longestName)
                overwriteWhileNot(equals + 1, endsValue);
        });
    }

  private:
    std::string_view view() const { return {text_.data(), text_.size()}; }

    // Occurrences may overlap: "/approve/" stands twice in "/approve/approve/".
    template <typename Visit>
    void eachOccurrence(std::string_view what, Visit visit) {
        for (std::size_t at = view().find(what); at != std::string_view::npos;
             at = view().find(what, at + 1))
            visit(at + what.size());
    }

    // A malformed request may have blanks in its URL: it ends at the quote or line end behind it,
    // or at the protocol version.
    std::size_t endOfUrl(std::size_t from) const {
        const std::size_t end = std::min(view().find_first_of("\"\r\n", from), text_.size());
        const std::size_t version = view().substr(from, end - from).rfind(" HTTP/");
        return version == std::string_view::npos ? end : from + version;
    }

    void overwriteUrl(std::size_t from) {
        for (const std::size_t end = endOfUrl(from); from < end; ++from) {
            text_[from] = '*';
            changed_ = true;
        }
    }

    template <typename Ends>
    void overwriteWhileNot(std::size_t from, Ends ends) {
        for (; from < text_.size() && !ends(text_[from]); ++from) {
            text_[from] = '*';
            changed_ = true;
        }
    }

    bool holdsState() {
        bool found = false;
        eachOccurrence("state=", [&](std::size_t behind) {
            const auto rest = view().substr(behind);
            const auto end = std::find_if_not(rest.begin(), rest.end(), isBase64url);
            found = found || end - rest.begin() >= secretLength;
        });
        return found;
    }

    std::span<char> text_;
    bool changed_ = false;
};

} // namespace

bool redactText(std::span<char> text, const SecretPaths& paths) noexcept {
    Redactor redactor(text);
    for (const std::string& prefix : paths.approve)
        redactor.approvePath(prefix);
    for (const std::string& prefix : paths.callback)
        redactor.callbackQuery(prefix);
    redactor.arguments();
    redactor.parameters();
    redactor.cookies();
    return redactor.changed();
}

} // namespace grantlink
