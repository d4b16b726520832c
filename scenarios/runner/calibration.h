// How slow this machine is: the factor by which deadlines grow.
#pragma once

namespace sockcr::runner {

// What a case is made of: computing, and one process waking another.
struct Pace {
  double work_ms = 0;   // a fixed piece of work
  double round_us = 0;  // there and back between two threads
};

// Of the machine on which the deadlines were found good (two cores of a busy VM, 2026).
constexpr Pace reference_pace{5, 40};

// Takes some 20 ms where it is 1.
Pace measure_pace();

// At least 1, in halves. A machine four times as slow as the reference needs none: a deadline has
// as much to spare there.
double slow_factor_of(const Pace& pace, const Pace& reference = reference_pace);

}  // namespace sockcr::runner
