// What the two ends have agreed on, as the kernel tells it.
#pragma once

#include <linux/tcp.h>

#include <string>

namespace sockcr::scenario {

// "ts sack wscale:7,10 mss 1448, pmtu 1500": those fields of TCP_INFO that must be the
// same before and after a cut. The others may differ:
//
//   rto, ato, rtt, rttvar, min_rtt        estimates: learned anew
//   snd_cwnd, snd_ssthresh, pacing_rate,
//   delivery_rate, reordering             the congestion control's: learned anew
//   rcv_ssthresh, rcv_space, rcv_rtt      the receive buffer's autotuning: goes on from the window
//   rcv_mss                               an estimate, of the segments that came
//   unacked, sacked, lost, retrans        count segments, and the queue is cut into them anew
//   bytes_*, segs_*, data_segs_*,
//   busy_time, delivered, dsack_dups      count from the restore on
//   last_data_sent, last_data_recv ...    times since then
//   advmss                                with or without the options of every segment: nobody uses
//                                         it behind the handshake
//   ecn                                   no system call turns it on
//   syn_data                              history
std::string handshake_text(const tcp_info& info);
std::string handshake_of(int socket);

}  // namespace sockcr::scenario
