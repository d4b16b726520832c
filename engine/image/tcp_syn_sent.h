// A TCP socket in SYN_SENT, as plain values: connect(2) was called and the peer has not answered,
// or its answer has not arrived.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/image/tcp_connection.h"

namespace sockcr {

// The wheel of timers rounds up to a slot, which is at most 8/63 of the time that is waited for
// (LVL_START, LVL_GRAN in kernel/time/timer.c): 80 ms of 1 s at HZ=100. A timer is late by less
// than this share of its time, a seventh.
inline constexpr std::int32_t wheel_share = 7;

struct TcpSynSent {
  std::uint16_t domain = AF_INET;
  Address local, remote;
  Sequence isn = 0;  // of our SYN, never 0
  // The clock that the SYNs' time stamps come from. What the handshake will agree on is not known;
  // the kernel sets the clock whether or not time stamps are offered.
  TimestampClock clock;
  // CLOCK_MONOTONIC, in the clock's unit and without its offset, when the first and the last SYN
  // left. The peer's SYN-ACK echoes the time stamp of any of them, and the kernel answers an echo
  // from before the first or after now with a RST (tcp_rcv_synsent_state_process). Both are bounds,
  // read from the retransmission timer in jiffies: no later than the first, no earlier than the
  // last.
  std::uint32_t first_syn = 0, last_syn = 0;
  std::vector<OptionValue> options;
  SocketFilter filter{};  // as of TcpConnection
  OpenFile file{};

  friend bool operator==(const TcpSynSent&, const TcpSynSent&) = default;
};

std::string to_text(const TcpSynSent& socket);  // "tcp 192.0.2.1:7001 > 192.0.2.2:7002 SYN_SENT"

}  // namespace sockcr
