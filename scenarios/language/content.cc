#include "scenarios/language/content.h"

namespace sockcr::scenario {
namespace {

// The finalizer of splitmix64: any two inputs give unrelated outputs.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

std::vector<std::uint8_t> content(std::uint64_t seed, Speaker speaker, std::uint64_t offset,
                                  std::size_t length) {
  const std::uint64_t key = mix(seed * 2 + static_cast<std::uint64_t>(speaker) + 1);
  std::vector<std::uint8_t> bytes(length);
  for (std::size_t i = 0; i < length; ++i) {
    const std::uint64_t place = offset + i;
    bytes[i] = static_cast<std::uint8_t>(mix(key + place / 8) >> (place % 8 * 8));
  }
  return bytes;
}

}  // namespace sockcr::scenario
