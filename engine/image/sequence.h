// Arithmetic in TCP's sequence space (RFC 9293, 3.4): 32 bits, modulo 2^32. Plain unsigned
// subtraction and addition are already right; only comparison needs care.
#pragma once

#include <cstdint>

namespace sockcr {

using Sequence = std::uint32_t;

// How far `to` lies behind `from`, negative when it lies before; defined for distances below 2^31.
constexpr std::int32_t distance(Sequence from, Sequence to) {
  return static_cast<std::int32_t>(to - from);
}
constexpr bool before(Sequence a, Sequence b) { return distance(a, b) > 0; }
constexpr bool after(Sequence a, Sequence b) { return before(b, a); }
constexpr Sequence earlier(Sequence a, Sequence b) { return before(a, b) ? a : b; }

}  // namespace sockcr
