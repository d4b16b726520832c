#include "engine/tcp/md5.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <vector>

namespace sockcr {
namespace {

using State = std::array<std::uint32_t, 4>;

constexpr std::size_t block = 64;
constexpr std::array<std::array<int, 4>, 4> rotations{
    {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

// RFC 1321, 3.4: the integer part of 2^32 times abs(sin(i + 1)).
std::array<std::uint32_t, block> make_sines() {
  std::array<std::uint32_t, block> sines{};
  for (std::size_t i = 0; i < sines.size(); ++i) {
    sines[i] =
        static_cast<std::uint32_t>(std::fabs(std::sin(static_cast<double>(i) + 1)) * 4294967296.0);
  }
  return sines;
}

std::uint32_t word(std::span<const std::uint8_t> bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = value << 8 | bytes[at * 4 + i];
  return value;
}

std::uint32_t mix(std::size_t round, const State& s) {
  const std::uint32_t b = s[1], c = s[2], d = s[3];
  switch (round) {
    case 0:
      return (b & c) | (~b & d);
    case 1:
      return (b & d) | (c & ~d);
    case 2:
      return b ^ c ^ d;
    default:
      return c ^ (b | ~d);
  }
}

void take_block(State& state, std::span<const std::uint8_t> bytes) {
  static const std::array<std::uint32_t, block> sines = make_sines();
  constexpr std::array<std::size_t, 4> stride{1, 5, 3, 7}, start{0, 1, 5, 0};
  State s = state;
  for (std::size_t i = 0; i < block; ++i) {
    const std::size_t round = i / 16;
    const std::uint32_t input = word(bytes, (start[round] + stride[round] * i) % 16);
    const std::uint32_t sum = s[0] + mix(round, s) + sines[i] + input;
    s = {s[3], s[1] + std::rotl(sum, rotations[round][i % 4]), s[1], s[2]};
  }
  for (std::size_t i = 0; i < state.size(); ++i) state[i] += s[i];
}

void put(std::uint64_t value, std::size_t bytes, std::uint8_t* where) {
  for (std::size_t i = 0; i < bytes; ++i) where[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

}  // namespace

Md5Digest md5(std::span<const std::uint8_t> message) {
  constexpr std::size_t length_field = 8;
  std::vector<std::uint8_t> padded(message.begin(), message.end());
  padded.push_back(0x80);
  padded.resize((padded.size() + length_field + block - 1) / block * block);
  put(std::uint64_t{message.size()} * 8, length_field, &padded[padded.size() - length_field]);

  State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  for (std::size_t at = 0; at < padded.size(); at += block) {
    take_block(state, std::span(padded).subspan(at, block));
  }
  Md5Digest digest{};
  for (std::size_t i = 0; i < state.size(); ++i) put(state[i], 4, &digest[4 * i]);
  return digest;
}

}  // namespace sockcr
