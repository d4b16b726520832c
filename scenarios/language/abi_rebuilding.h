// What the kernel keeps of a connection that is built anew in repair mode. Each on sockets of its
// own, as the rows of abi.h.
#pragma once

#include "scenarios/language/step.h"

namespace sockcr::scenario {

// The window of a connection whose rcv_nxt has just passed 2^32: an acknowledgement is owed for
// bytes in front of that.
Step its_window_may_wrap(At at = At::here());
// Bytes beyond a right edge that was taken back may have been received all the same.
Step its_window_may_end_behind_what_came(At at = At::here());
// connect(2) in repair mode: nobody has been silent since the machine booted.
Step connecting_in_repair_counts_as_hearing(At at = At::here());
// Of a connection between the same ends, which has heard time stamps.
Step a_number_outlives_a_time_wait(At at = At::here());
Step a_number_is_set_once_more(At at = At::here());       // in CLOSE
Step unread_bytes_keep_their_number(At at = At::here());  // in CLOSE
// No time stamp is earlier than the last one that was heard when none was.
Step whatever_clock_is_heard_first_is_believed(At at = At::here());
// Karn's algorithm (RFC 6298, section 3): nobody knows when they were sent.
Step bytes_of_the_send_queue_are_no_sample(At at = At::here());
// RFC 4821; net.ipv4.tcp_mtu_probing
Step probes_of_the_path_know_the_peers_mss(At at = At::here());

}  // namespace sockcr::scenario
