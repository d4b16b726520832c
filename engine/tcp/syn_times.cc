#include "engine/tcp/syn_times.h"

#include <algorithm>

#include "engine/image/tcp_syn_sent.h"

namespace sockcr {
namespace {

// sock_diag tells timers in jiffies (10 ms at HZ=100), and what fires is served a little later.
constexpr std::int64_t slack_ms = 20;

struct Handshake {
  std::int64_t timeouts = 0, late = 0;  // ms: what the timer was set to, and its delay at the most
};

// Of all SYNs of `info`. The timer ran retransmits times: first tcp_syn_linear_timeouts times
// alike, then `backoff` times doubled, of which the last doubling is running now.
Handshake handshake_of(const TcpInfo& info) {
  const std::int64_t initial = (info.rto_us / 1000) >> info.backoff;
  Handshake handshake;
  for (int i = 1; i <= info.retransmits; ++i) {
    const int doublings = std::max(0, i - (info.retransmits - info.backoff) - 1);
    const std::int64_t timeout = initial << doublings;
    handshake.timeouts += timeout;
    handshake.late += timeout / wheel_share + slack_ms;
  }
  return handshake;
}

}  // namespace

SynTimes syn_times(const SynTimerReading& reading, std::uint32_t ticks_per_ms) {
  const auto [timeouts, late] = handshake_of(reading.info);
  const std::int64_t last_ago = reading.info.rto_us / 1000 - reading.left_ms;
  const std::int64_t first_ago = last_ago + timeouts + late + slack_ms;
  const std::int64_t least_ago = std::max<std::int64_t>(last_ago - late - slack_ms, 0);
  return {reading.begin - static_cast<std::uint32_t>(first_ago * ticks_per_ms),
          reading.end - static_cast<std::uint32_t>(least_ago * ticks_per_ms)};
}

}  // namespace sockcr
