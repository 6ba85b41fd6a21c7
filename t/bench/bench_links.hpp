// The link store of a benchmark: as many live links as wanted, made by the daemon's own writer.
//
// All that the benchmark knows of the link store's format is behind these functions.
#pragma once

#include "shared/uuid.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace grantlink::bench {

constexpr const char* provider = "example";
constexpr std::uint32_t generation = 1;

// The connection of the link with this number. Nothing has to be kept to know it.
Uuid connectionOf(std::uint64_t number);

// Makes the link store in `edgeStore` with `count` live links whose pages are of one length.
// Answers `wanted` tokens in random order: each link once, and again from the start when more are
// wanted than there are.
std::vector<std::string> makeLinks(const std::string& edgeStore, std::size_t count,
                                   std::size_t wanted);

} // namespace grantlink::bench
