// When the SYNs of a connection left that nobody has answered. No interface tells it: it is
// reckoned back from the retransmission timer, with bounds for how late that may have been.
//
//        rto >> backoff    doubled     doubled again
//     |-----------------|-----------|-----------------+--- left ---|
//   first SYN                    last SYN            now         the next
#pragma once

#include <cstdint>

#include "engine/tcp/info.h"

namespace sockcr {

struct SynTimes {
  std::uint32_t first = 0, last = 0;  // as of TcpSynSent
};

// What the timer tells, between two readings of the socket's clock: it was read at some moment of
// the time that passed, and each bound is reckoned from the end that makes it careful.
struct SynTimerReading {
  TcpInfo info;
  std::int64_t left_ms = 0;
  std::uint32_t begin = 0, end = 0;  // in the clock's ticks
};

// The first SYN is said to be as early as it may have been, and the last as late, but not later
// than now: what has been restored repeats its SYN by a timer of its own, which may be quicker, and
// the peer may still answer the last SYN of the one before.
SynTimes syn_times(const SynTimerReading& reading, std::uint32_t ticks_per_ms);

}  // namespace sockcr
