// What the two sides say: bytes that depend on their place in the stream, so that a byte that is
// lost, doubled or moved shows as the wrong byte.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sockcr::scenario {

enum class Speaker : std::uint8_t { ours, peer };

// Bytes [offset, offset + length) of the speaker's stream; the same for the same seed.
std::vector<std::uint8_t> content(std::uint64_t seed, Speaker speaker, std::uint64_t offset,
                                  std::size_t length);

}  // namespace sockcr::scenario
