// What pages load beside themselves: their scripts, a brand's colour as a style sheet, its logo.
#include "ngx_module/conf.hpp"
#include "ngx_module/edge_store.hpp"
#include "ngx_module/handlers.hpp"
#include "ngx_module/respond.hpp"

#include <cmath>

namespace grantlink {

namespace {

constexpr std::string_view aDay = "public, max-age=86400";
// The name says what is in it.
constexpr std::string_view forEver = "public, max-age=31536000, immutable";
constexpr std::string_view brandPrefix = "brand-";
constexpr std::string_view brandSuffix = ".css";
constexpr std::size_t colourLength = 6;

struct ImageType {
    std::string_view suffix, type;
};

constexpr ImageType imageTypes[] = {
    {".png", "image/png"}, {".jpg", "image/jpeg"}, {".webp", "image/webp"}, {".gif", "image/gif"}};

std::string_view imageTypeOf(std::string_view name) {
    for (const ImageType& known : imageTypes)
        if (name.ends_with(known.suffix))
            return known.type;
    return {};
}

// The six digits in "brand-1f5f4a.css", or "".
std::string_view colourIn(std::string_view name) {
    if (!name.starts_with(brandPrefix) || !name.ends_with(brandSuffix) ||
        name.size() != brandPrefix.size() + colourLength + brandSuffix.size())
        return {};
    const std::string_view colour = name.substr(brandPrefix.size(), colourLength);
    return colour.find_first_not_of("0123456789abcdef") == std::string_view::npos
               ? colour
               : std::string_view();
}

// One channel of sRGB, made linear (WCAG 2.2, "relative luminance").
double channel(std::string_view digits) {
    const double value = std::stoi(std::string(digits), nullptr, 16) / 255.0;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

// White or black, whichever is read more easily on the colour. Against the better of the two, every
// colour has a contrast of at least 4.5 : 1 (WCAG 2.2, success criterion 1.4.3).
std::string_view inkOn(std::string_view colour) {
    const double luminance = 0.2126 * channel(colour.substr(0, 2)) +
                             0.7152 * channel(colour.substr(2, 2)) +
                             0.0722 * channel(colour.substr(4, 2));
    return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? "#fff" : "#000";
}

ngx_int_t sendBrandStyle(ngx_http_request_t* r, std::string_view colour) {
    const std::string style = ":root{--accent:#" + std::string(colour) +
                              ";--on-accent:" + std::string(inkOn(colour)) + "}\n";
    return sendAsset(r, "text/css; charset=utf-8", forEver, keepText(r, style));
}

ngx_int_t sendLogo(ngx_http_request_t* r, std::string_view name) {
    const std::string_view type = imageTypeOf(name);
    LinkReader* links = EdgeStore::of(r).links(r->connection->log);
    if (type.empty() || !links)
        return sendPage(r, type.empty() ? Page::notFound : Page::unavailable);
    const auto snapshot = links->snapshot();
    const auto bytes = snapshot.asset(name);
    // Copied: the map's pages may be written again before a slow client has read them.
    return bytes ? sendAsset(r, type, forEver, keepText(r, textOf(*bytes)))
                 : sendPage(r, Page::notFound);
}

} // namespace

ngx_int_t handleAsset(ngx_http_request_t* r, RequestContext& context) {
    const std::string_view name = context.asset;
    if (name.ends_with(".js"))
        return sendAsset(r, "text/javascript; charset=utf-8", aDay,
                         locationConf(r).pages->script(name));
    if (const std::string_view colour = colourIn(name); !colour.empty())
        return sendBrandStyle(r, colour);
    return sendLogo(r, name);
}

} // namespace grantlink
