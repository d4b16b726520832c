// The kernel's timers, by the clock of the kernel that judges: when each is due, and what a cut
// does to it. In virtual time (run-scenario --virtual-time) nobody waits for them.
#pragma once

#include <chrono>
#include <string>

#include "engine/sys/poll.h"
#include "scenarios/language/step.h"

namespace sockcr::scenario {

// By both clocks: that of timers, and that of captures.
struct Instant {
  Clock::time_point by_clock{};
  std::chrono::nanoseconds by_day{};  // since the epoch

  static Instant now();
};

// When something is due, in seconds. The kernel sorts timers into a wheel whose slots are up to
// 8/63 of the time wide (LVL_GRAN, LVL_START in kernel/time/timer.c), and a timer fires when its
// slot has passed: so much later, and no sooner.
struct Due {
  double seconds = 0;
  double late = 0;          // so much later at most
  bool begun_anew = false;  // counted from the restore, where there was one

  // The same, where it may be later still by so much.
  Due or_later(double more) const { return {seconds, late + more, begun_anew}; }
  // "after 60 s"; "after 60 s, which a cut begins anew"
  std::string text() const;
};

// Counted from where the time was taken last. A cut changes nothing.
Due after(double seconds);
// A cut begins the time anew: declared, and if it did not, that would be seen.
Due anew_after(double seconds);

Step time_is_taken(At at = At::here());  // from here on it is counted
Step time_passes(int seconds, At at = At::here());

}  // namespace sockcr::scenario
