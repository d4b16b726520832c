#include "engine/tcp/clock.h"

#include <time.h>
#include <algorithm>
#include <fstream>
#include <string>

#include "engine/sys/kernel_release.h"
#include "engine/sys/socket_option.h"

namespace sockcr {
namespace {

std::int64_t nanoseconds(clockid_t which) {
  timespec t{};
  ::clock_gettime(which, &t);
  return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

constexpr std::int64_t tick(bool microseconds) { return microseconds ? 1'000 : 1'000'000; }

std::uint32_t ticks(std::int64_t ns, bool microseconds) {
  return static_cast<std::uint32_t>(ns / tick(microseconds));
}

constexpr std::int64_t between_the_readings = 50'000;  // ns, between those of two clocks

struct BothClocks {
  std::int64_t monotonic_ns = 0, realtime_ns = 0;
};

// Without an interruption between the two, unless there always is one.
BothClocks read_both_clocks() {
  BothClocks clocks;
  for (int tries = 0; tries < 100; ++tries) {
    clocks.monotonic_ns = nanoseconds(CLOCK_MONOTONIC);
    clocks.realtime_ns = nanoseconds(CLOCK_REALTIME);
    if (nanoseconds(CLOCK_MONOTONIC) - clocks.monotonic_ns < between_the_readings) break;
  }
  return clocks;
}

}  // namespace

std::uint32_t monotonic_ticks(bool microseconds) {
  return ticks(nanoseconds(CLOCK_MONOTONIC), microseconds);
}

TimestampClock read_clock(int socket, bool microseconds) {
  // The kernel reads its clock after we read ours, so the difference can only err upward, by as
  // long as we were interrupted between the two: then once more, with more patience.
  const std::uint32_t step = microseconds ? 16 : 0;
  for (std::uint32_t patience = step;; patience += step) {
    const std::uint32_t now = monotonic_ticks(microseconds);
    const std::uint32_t value = get_option(socket, option::timestamp);
    if (monotonic_ticks(microseconds) - now > patience) continue;
    const std::uint32_t hidden_bit = microseconds ? 0 : 1;
    return {microseconds, value + hidden_bit - now};
  }
}

std::optional<std::uint32_t> write_clock(int socket, const TimestampClock& clock) {
  // The offset becomes value - (the kernel's clock during the call). If that clock moved on past
  // `margin` while we were calling, the offset came out too low: once more, with more room. Eight
  // calls that all cross a millisecond are no chance any more: somebody steps through this process.
  std::uint32_t margin = clock.microseconds ? 16 : 0;
  for (int tries = 1;; ++tries) {
    const std::uint32_t start = monotonic_ticks(clock.microseconds);
    std::uint32_t value = start + clock.offset + margin;
    value = clock.microseconds ? value | 1 : (value + 1) & ~1U;
    set_option(socket, option::timestamp, value);
    if (monotonic_ticks(clock.microseconds) - start <= margin) {
      return margin == 0 ? std::optional(value - start) : std::nullopt;
    }
    if (clock.microseconds) margin += 16;
    if (!clock.microseconds && tries % 8 == 0) ++margin;
  }
}

TimestampClock rebased(const TimestampClock& clock, const Circumstance& then,
                       const Circumstance& now) {
  if (then.boot_id == now.boot_id) return clock;
  // A leap of half the number space looks like one backwards (RFC 7323, 5.2), and the peer may not
  // have heard of earlier ones. Whoever has really heard nothing for 24 days takes any TSval
  // (TCP_PAWS_24DAYS), so nothing is lost by a shorter one.
  const std::int64_t longest_leap = (std::int64_t{1} << 28) * tick(clock.microseconds);
  const std::int64_t elapsed =
      std::clamp<std::int64_t>(now.realtime_ns - then.realtime_ns, 0, longest_leap);
  // The two clocks are read one after the other, and a time stamp must never go back.
  const std::uint32_t value =
      clock.offset + ticks(then.monotonic_ns + elapsed + between_the_readings, clock.microseconds);
  return {clock.microseconds, value - ticks(now.monotonic_ns, clock.microseconds)};
}

Circumstance current_circumstance(std::uint64_t image_id) {
  std::string boot_id;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), boot_id);
  const BothClocks clocks = read_both_clocks();
  return {.image_id = image_id,
          .kernel_release = kernel_release(),
          .boot_id = boot_id,
          .monotonic_ns = clocks.monotonic_ns,
          .realtime_ns = clocks.realtime_ns};
}

}  // namespace sockcr
