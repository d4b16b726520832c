// Our time-stamp clock: read as an offset to CLOCK_MONOTONIC, given back so that the peer sees no
// step backwards (RFC 7323, 5: it would drop our segments as old).
#pragma once

#include <cstdint>
#include <optional>

#include "engine/image/image.h"

namespace sockcr {

// CLOCK_MONOTONIC in the clock's unit: what the kernel adds the offset to (tcp_clock_ts).
std::uint32_t monotonic_ticks(bool microseconds);

// `socket` must be in repair mode. The lowest bit of TCP_TIMESTAMP is a flag since Linux 6.7, so
// the offset read is up to 1 tick above the true one, and never below it.
TimestampClock read_clock(int socket, bool microseconds);

// The TSval that follows is never below what `clock` promises, and at most 2 ticks (in microseconds
// 1 ms) above.
// Returns the offset that the socket has now, where it is known exactly (a clock of milliseconds).
std::optional<std::uint32_t> write_clock(int socket, const TimestampClock& clock);

// The same instant on this machine: offsets count from a boot's own CLOCK_MONOTONIC. On the same
// boot nothing changes; elsewhere the clock goes on from the value of the checkpoint, plus the time
// that passed by CLOCK_REALTIME where that is not negative, and 2^28 ticks of it at the most.
TimestampClock rebased(const TimestampClock& clock, const Circumstance& then,
                       const Circumstance& now);

// Boot, clocks and kernel of this moment.
Circumstance current_circumstance(std::uint64_t image_id);

}  // namespace sockcr
