// How late what is sent over lo may arrive.
#pragma once

#include "engine/sys/poll.h"

namespace sockcr {

// It arrives before the call returns, unless the machine is busy: then a thread brings it
// (ksoftirqd). What builds on it waits so long, and finds out by itself whether it came.
inline constexpr Clock::duration longest_delivery = std::chrono::seconds(2);

}  // namespace sockcr
