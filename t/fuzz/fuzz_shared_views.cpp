// The records that links share: provider, brand and site.
#include "shared/link_view.hpp"

#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

// Each record has one spelling, and is read whole or not at all.
template <typename View>
void acceptedRecordIsWhatWeMake(std::string_view record, std::optional<View> (*parse)(Bytes),
                                std::string (*encode)(const View&)) {
    const auto view = parse(bytesOf(record));
    if (!view)
        return;
    require(encode(*view) == record, "a view encodes to the same bytes");
    require(!parse(bytesOf(record.substr(0, record.size() - 1))), "a cut one is not read");
    require(!parse(bytesOf(std::string(record) + '\0')), "one with a byte too many is not read");
}

// With that, a view comes back when its record is read and is made of the same values.
template <typename View>
void recordIsRead(const View& view, std::optional<View> (*parse)(Bytes),
                  std::string (*encode)(const View&)) {
    const std::string record = encode(view);
    const auto back = parse(bytesOf(record));
    require(back && encode(*back) == record, "what was made is read");
}

std::string textFrom(fuzz::Input& in) {
    return std::string(in.text());
}

ProviderView providerFrom(fuzz::Input in) {
    ProviderView out;
    out.pkce = in.flag();
    out.nonce = in.flag();
    out.issExpected = in.flag();
    out.pushed = in.flag();
    out.name = textFrom(in);
    out.authorizeUrl = textFrom(in);
    out.issuer = textFrom(in);
    out.switchUrl = textFrom(in);
    for (auto hints = in.integer<std::uint8_t>(); hints > 0 && !in.empty(); --hints) {
        std::string language = textFrom(in);
        out.switchHints.push_back({std::move(language), textFrom(in)});
    }
    return out;
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = textOf({data, size});
    acceptedRecordIsWhatWeMake(bytes, parseProviderView, encodeProviderView);
    acceptedRecordIsWhatWeMake(bytes, parseBrandView, encodeBrandView);
    acceptedRecordIsWhatWeMake(bytes, parseSiteView, encodeSiteView);
    recordIsRead(providerFrom({data, size}), parseProviderView, encodeProviderView);
    fuzz::Input in(data, size);
    const BrandView brand{textFrom(in), textFrom(in), textFrom(in)};
    recordIsRead(brand, parseBrandView, encodeBrandView);
    const SiteView site{textFrom(in), in.flag(), in.integer<std::uint32_t>()};
    recordIsRead(site, parseSiteView, encodeSiteView);
    return 0;
}
