// What a call of TCP_REPAIR leaves behind where its answer does not tell. Each on sockets of its
// own, as the rows of abi.h.
#pragma once

#include "scenarios/language/step.h"

namespace sockcr::scenario {

// All five fields of TCP_REPAIR_WINDOW, each with another value.
Step its_window_is_what_was_written(At at = At::here());
Step its_clock_is_what_was_written(At at = At::here());
// SO_REUSEADDR, which entering it has set.
Step leaving_repair_ends_reuse(int how, At at = At::here());
// TCP_REPAIR, set to `how`, in a connection that has nothing to say.
Step leaving_repair_sends(int how, unsigned segments, At at = At::here());
// The answer to its probe is believed.
Step leaving_repair_learns_the_window(At at = At::here());
// In repair mode, and the other end goes on.
Step closing_in_repair_says_nothing(At at = At::here());
// What counts as sent is in flight: its timer runs, and nobody else has to send it again.
Step what_is_put_into_the_send_queue_has_a_timer(At at = At::here());
Step no_queue_is_chosen_the_second_time(At at = At::here());  // that repair mode is entered
Step fast_open_does_not_connect_in_repair(At at = At::here());

}  // namespace sockcr::scenario
