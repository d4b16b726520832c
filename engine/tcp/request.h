// A handshake that is not complete: a request in a listener's queue.
//
// It is read by completing it: a forged ACK makes a connection of it, which is accepted and read as
// any other. It is rebuilt with its own ISN by a property of time-wait sockets: the SYN that ends
// one becomes a request whose ISN is snd_nxt + 65537 (tcp_timewait_state_process).
#pragma once

#include "engine/image/tcp_request.h"
#include "engine/process/diag.h"
#include "engine/tcp/plan.h"
#include "engine/tcp/prober.h"

namespace sockcr {

// What a request knows and the connection that it becomes does not tell.
struct RequestNumbers {
  Sequence snt_isn = 0, rcv_isn = 0;
  bool timestamps = false;
  std::uint32_t ts_recent = 0;
  TimestampClock clock{};
};

// Asks only; the request is as before.
RequestNumbers ask_request(const TcpDiag& found, Prober& prober);

// Completes it in the client's name. The connection now waits in the listener's queue, whose
// TCP_DEFER_ACCEPT must be off.
void complete_request(const TcpDiag& found, const RequestNumbers& numbers, Prober& prober);

// `connection` is what it became.
TcpRequest request_of(const RequestNumbers& numbers, const TcpConnection& connection);

// The listener is there, its accept queue is not full, and net.ipv4.tcp_max_tw_buckets is not 0.
Plan plan_build(const TcpRequest& request);
Plan plan_resume(const TcpRequest& request);

}  // namespace sockcr
