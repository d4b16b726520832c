// Time-wait sockets: TIME_WAIT, and FIN_WAIT2 whose program has closed. No descriptor refers to
// them; they are asked by forged segments, and made by leading a repaired connection into the
// state.
#pragma once

#include "engine/image/tcp_time_wait.h"
#include "engine/process/diag.h"
#include "engine/tcp/plan.h"
#include "engine/tcp/prober.h"
#include "engine/tcp/target.h"

namespace sockcr {

// `found` is in TIME_WAIT or FIN_WAIT2 and without an inode. Its timer runs on as it was.
TcpTimeWait capture_time_wait(const TcpDiag& found, Prober& prober);

// What is still to come in FIN_WAIT2 behind the timer that `found` shows, of a socket whose program
// has closed. Up to a minute nothing. Of more, the kernel first keeps a whole socket:
//
//   T = TCP_LINGER2, or net.ipv4.tcp_fin_timeout
//   |---- T - 60 s ----|---- T - 60 s ----|     a whole socket, then a time-wait socket
//                      ^ the timer of the first shows this
//
// (tcp_rcv_state_process, tcp_keepalive_timer). The second is as long as the first, which began
// with the ACK of our FIN.
std::uint32_t second_stage_ms(const TcpDiag& found);
std::uint32_t remaining_ms(const TcpDiag& found);  // the timer, and that

// Nothing is left to resume: when the plan has been performed, the socket is on its own.
//
//   TIME_WAIT   born with                      moves
//   send side   snd_nxt - 1                    our FIN
//   receive     rcv_nxt - 1                    its ACK (FIN_WAIT2), the peer's FIN (TIME_WAIT)
//
// FIN_WAIT2 is born with rcv_nxt, and its time runs by TCP_LINGER2; that of TIME_WAIT starts anew.
Plan plan_build(const TcpTimeWait& socket, const Target& target);

}  // namespace sockcr
