#include "engine/sys/poll.h"

#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <algorithm>
#include <cerrno>

#include "engine/sys/call.h"

namespace sockcr {
namespace {

using std::chrono::microseconds;

// The first questions come at once (most answers are already there), later ones spare the CPU.
void pause(unsigned round) {
  if (round < 20) {
    ::sched_yield();
    return;
  }
  const auto gap = std::min(microseconds(50) * (round - 19), microseconds(1000));
  const timespec t{0, std::chrono::nanoseconds(gap).count()};
  ::ppoll(nullptr, 0, &t, nullptr);
}

}  // namespace

bool poll_until(Clock::duration limit, const std::function<bool()>& condition) {
  const auto deadline = Clock::now() + limit;
  for (unsigned round = 0;; ++round) {
    if (condition()) return true;
    if (Clock::now() >= deadline) return false;
    pause(round);
  }
}

bool readable_within(int descriptor, Clock::duration limit) {
  const auto deadline = Clock::now() + limit;
  for (;;) {
    const auto left = std::max(deadline - Clock::now(), Clock::duration::zero());
    pollfd entry{descriptor, POLLIN, 0};
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    const int ready = ::poll(&entry, 1, static_cast<int>(ms));
    if (ready > 0) return true;
    if (ready == 0) return false;
    if (errno != EINTR) throw SystemError("poll", fmt::format("{}", descriptor), errno);
  }
}

}  // namespace sockcr
