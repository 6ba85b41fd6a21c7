// What every target is made of. A target is one file, fuzz_NAME.cpp, with LLVMFuzzerTestOneInput:
// libFuzzer calls it with bytes of its own (./build.sh fuzz), replay.cpp with the committed corpus.
#pragma once

#include "shared/secret.hpp"
#include "shared/uuid.hpp"

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace grantlink::fuzz {

// A property of the parser under test; what does not hold ends the program, which is a finding.
inline void require(bool holds, const char* property) {
    if (holds)
        return;
    std::fprintf(stderr, "does not hold: %s\n", property);
    std::abort();
}

// Values out of the fuzzer's bytes. It has no end: what is read behind the last byte is zero or
// empty, so each input means something.
class Input {
  public:
    Input(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

    template <std::unsigned_integral T>
    T integer() {
        T out = 0;
        for (std::uint8_t byte : take(sizeof(T)))
            out = static_cast<T>(out << 8 | byte);
        return out;
    }

    bool flag() { return integer<std::uint8_t>() & 1; }

    Uuid uuid() {
        Uuid out;
        const Bytes bytes = take(out.bytes.size());
        std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
        return out;
    }

    // One byte of length, then the text.
    std::string_view text() { return textOf(take(integer<std::uint8_t>())); }

    // Two bytes of length, then what may be as long as a record.
    std::string_view longText() { return textOf(take(integer<std::uint16_t>())); }

    std::string_view rest() { return textOf(take(rest_.size())); }

    bool empty() const { return rest_.empty(); }

  private:
    Bytes take(std::size_t count) {
        const Bytes out = rest_.first(std::min(count, rest_.size()));
        rest_ = rest_.subspan(out.size());
        return out;
    }

    Bytes rest_;
};

// The text with one of its bytes made another one.
inline std::string changed(std::string_view text, std::size_t position, std::uint8_t difference) {
    std::string out(text);
    if (!out.empty())
        out[position % out.size()] ^= static_cast<char>(difference ? difference : 1);
    return out;
}

} // namespace grantlink::fuzz
