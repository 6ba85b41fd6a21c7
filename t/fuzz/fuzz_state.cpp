// The state parameter: what was made verifies, what was changed never does.
#include "shared/attempt.hpp"

#include "t/fuzz/fixed_keys.hpp"
#include "t/fuzz/fuzz.hpp"

using namespace grantlink;
using fuzz::require;

namespace {

std::string_view viewOf(const State::Text& text) {
    return {text.data(), text.size()};
}

void acceptedTextIsWhatWeMake(std::string_view text) {
    const auto verified = decodeState(text, fuzz::edgeKeys());
    if (verified)
        require(viewOf(valuesOf(verified->state, *verified->key).state) == text,
                "a state that verifies encodes to the same text");
}

void changesAreNoticed(std::string_view text, fuzz::Input& in) {
    const auto position = in.integer<std::uint8_t>();
    const auto difference = in.integer<std::uint8_t>();
    require(!decodeState(fuzz::changed(text, position, difference), fuzz::edgeKeys()),
            "a changed state does not verify");
    const std::size_t cut = position % text.size();
    require(!decodeState(text.substr(0, cut), fuzz::edgeKeys()), "a cut state does not verify");
    require(!decodeState(std::string(text) + static_cast<char>(difference), fuzz::edgeKeys()),
            "a state with a character more does not verify");
}

void stateComesBack(fuzz::Input in) {
    const EdgeKey& key = *fuzz::edgeKeys().find(in.flag() ? 7 : 6);
    const State state{in.uuid(), in.uuid(), in.integer<std::uint32_t>()};
    const State::Text text = valuesOf(state, key).state;
    const auto verified = decodeState(viewOf(text), fuzz::edgeKeys());
    require(verified && verified->key == &key, "a state that was made verifies, with its key");
    require(verified->state.attempt == state.attempt &&
                verified->state.connection == state.connection &&
                verified->state.generation == state.generation,
            "a state comes back");
    changesAreNoticed(viewOf(text), in);
    EdgeKey stranger = key; // the same ID, another key
    stranger.attempt.bytes[0] ^= 1;
    require(!decodeState(viewOf(valuesOf(state, stranger).state), fuzz::edgeKeys()),
            "a state of another installation does not verify");
}

void attemptsHaveALife(fuzz::Input in) {
    const Uuid attempt = in.uuid();
    const auto lifetime = in.integer<std::uint32_t>();
    const auto now = in.integer<std::uint64_t>();
    if (attemptIsCurrent(attempt, lifetime, now))
        require(attempt.time() > now ? attempt.time() - now <= 60'000
                                     : (now - attempt.time()) / 1000 < lifetime,
                "an attempt is current from 60 seconds before its time to the end of its life");
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    acceptedTextIsWhatWeMake(textOf({data, size}));
    stateComesBack({data, size});
    attemptsHaveALife({data, size});
    return 0;
}
