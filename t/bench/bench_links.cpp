#include "t/bench/bench_links.hpp"

#include "shared/base64url.hpp"
#include "shared/byte_order.hpp"
#include "shared/link_store.hpp"
#include "shared/link_token.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

namespace grantlink::bench {

namespace {

constexpr TimeMs linkLife = TimeMs{30} * 24 * 3'600'000;

struct Token {
    LinkKey key;
    std::array<std::uint8_t, 24> secret;
};

// A link token is a keyed hash, so a random one is as good; it saves the keys of ten million.
std::vector<Token> randomTokens(std::size_t count) {
    std::vector<Token> out(count);
    for (Token& token : out) {
        randombytes_buf(token.secret.data(), token.secret.size());
        const auto key = linkKeyOf(base64url(token.secret));
        if (!key)
            throw std::logic_error("24 random bytes are no link token");
        token.key = *key;
    }
    return out;
}

// What the links share. The provider has PKCE: most have it, and it costs most.
LinkWriter::Surroundings surroundings() {
    ProviderView shown;
    shown.name = "Example";
    shown.authorizeUrl = "https://www.example.com/oauth/authorize?client_id=1234567890123456"
                         "&redirect_uri=https%3A%2F%2Flinks.example.com%2Fcallback%2Fexample"
                         "&response_type=code&scope=business_basic&";
    LinkWriter::Surroundings out;
    out.site = {.attemptsUrl = "https://links.example.com/approve/attempts/",
                .secureCookie = true,
                .attemptLifetime = 3600};
    out.providers.emplace(provider, shown);
    return out;
}

// A link as the daemon publishes it.
std::string viewOf(std::uint64_t number, TimeMs now) {
    char account[32];
    std::snprintf(account, sizeof account, "@client%08llu",
                  static_cast<unsigned long long>(number));
    LinkView view;
    view.generation = generation;
    view.expires = now + linkLife;
    view.requester = "Example Agency";
    LinkItem& item = view.items.emplace_back();
    item.connection = connectionOf(number);
    item.provider = provider;
    item.account = account;
    return encodeLinkView(view);
}

std::vector<LinkWriter::Entry> entriesOf(const std::vector<Token>& tokens) {
    const TimeMs now = nowMs();
    std::vector<LinkWriter::Entry> out;
    out.reserve(tokens.size());
    for (std::size_t i = 0; i < tokens.size(); ++i)
        out.push_back({tokens[i].key, viewOf(i, now), {connectionOf(i)}});
    return out;
}

} // namespace

Uuid connectionOf(std::uint64_t number) {
    constexpr TimeMs first = 1'700'000'000'000; // ids ascend like those of a service that grew
    std::uint64_t mixed = (number + 1) * 0x9e3779b97f4a7c15; // what is random in those of service
    mixed = (mixed ^ mixed >> 29) * 0xbf58476d1ce4e5b9;
    std::array<std::uint8_t, Uuid::randomLength> random{};
    storeLittleEndian(&random[2], mixed);
    return Uuid::v7(first + number, random);
}

std::vector<std::string> makeLinks(const std::string& edgeStore, std::size_t count,
                                   std::size_t wanted) {
    std::vector<Token> tokens = randomTokens(count);
    std::vector<LinkWriter::Entry> entries = entriesOf(tokens);
    LinkWriter(edgeStore).replaceAll(surroundings(), entries);
    // Fisher-Yates, as far as needed.
    const std::size_t drawn = std::min(count, wanted);
    std::vector<std::string> out;
    out.reserve(wanted);
    for (std::size_t i = 0; i < drawn; ++i) {
        const auto rest = static_cast<std::uint32_t>(count - i);
        std::swap(tokens[i], tokens[i + randombytes_uniform(rest)]);
        out.push_back(base64url(tokens[i].secret));
    }
    for (std::size_t i = drawn; i < wanted; ++i)
        out.push_back(out[i - drawn]);
    return out;
}

} // namespace grantlink::bench
