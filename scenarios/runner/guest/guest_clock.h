// Time in a guest: that of its host, or virtual (User-mode Linux, time-travel=inf-cpu), where the
// clock jumps to the next timer as soon as everybody waits, and computing takes no time at all.
#pragma once

namespace sockcr::runner {

bool time_is_virtual();

// In virtual time: returns when `descriptor` is readable, and lets little time pass until then. Who
// sleeps there while only the host can wake him finds himself hours later, and days while the host
// is busy.
void await_readable_at_once(int descriptor);

// In virtual time: sleeps until the clock shows a multiple of some minutes, so that every case
// begins at the same place of the kernel's timer wheel and its timers are as late as each time
// before.
void await_round_time();

}  // namespace sockcr::runner
