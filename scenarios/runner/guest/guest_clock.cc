#include "scenarios/runner/guest/guest_clock.h"

#include <time.h>
#include <unistd.h>
#include <cerrno>
#include <fstream>
#include <string>

#include "engine/sys/poll.h"

namespace sockcr::runner {
namespace {

// The width of the wheel's widest slots that timers below six hours get into: 8^5 ticks of 10 ms.
constexpr time_t round_ms = 327'680;

}  // namespace

bool time_is_virtual() {
  std::string name;
  std::ifstream("/sys/devices/system/clocksource/clocksource0/current_clocksource") >> name;
  return name.starts_with("time-travel-clock");
}

void await_readable_at_once(int descriptor) {
  // A call that fails takes a microsecond of virtual time, and whoever else has something to do, as
  // the line discipline of the channel has, does it (arch/um/kernel/skas/syscall.c).
  while (!readable_within(descriptor, Clock::duration::zero())) ::close(-1);
}

void await_round_time() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const time_t ms = now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
  const time_t then = (ms / round_ms + 1) * round_ms;
  const timespec until{then / 1000, then % 1000 * 1'000'000};
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) continue;
}

}  // namespace sockcr::runner
