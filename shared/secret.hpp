// Memory for keys, codes and tokens that is overwritten before it is given back.
//
// The destructor wipes with sodium_memzero, which no optimiser removes. Copies are values with the
// same promise. Nothing here prints.
#pragma once

#include <sodium.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace grantlink {

using Bytes = std::span<const std::uint8_t>;

inline Bytes bytesOf(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view textOf(Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

template <std::size_t N>
struct SecretArray {
    std::array<std::uint8_t, N> bytes{};

    SecretArray() = default;
    SecretArray(const SecretArray&) = default;
    SecretArray& operator=(const SecretArray&) = default;

    ~SecretArray() { sodium_memzero(bytes.data(), N); }

    std::uint8_t* data() { return bytes.data(); }

    const std::uint8_t* data() const { return bytes.data(); }

    static constexpr std::size_t size() { return N; }
};

template <typename T>
struct WipingAllocator : std::allocator<T> {
    WipingAllocator() = default;

    template <typename U>
    explicit WipingAllocator(const WipingAllocator<U>&) {}

    template <typename U>
    struct rebind {
        using other = WipingAllocator<U>;
    };

    void deallocate(T* memory, std::size_t count) {
        sodium_memzero(memory, count * sizeof(T));
        std::allocator<T>::deallocate(memory, count);
    }
};

// A vector has no small-buffer optimisation, so every byte it ever held passes the allocator.
using SecretBytes = std::vector<std::uint8_t, WipingAllocator<std::uint8_t>>;

inline SecretBytes secretCopy(std::string_view text) {
    return {text.begin(), text.end()};
}

} // namespace grantlink
