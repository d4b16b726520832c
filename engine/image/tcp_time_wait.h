// What the kernel keeps of a connection that no descriptor refers to and that has nothing left to
// send: a time-wait socket. It answers what the peer still sends, and its timer removes it.
#pragma once

#include <cstdint>
#include <string>

#include "engine/image/tcp_connection.h"

namespace sockcr {

struct TcpTimeWait {
  // TIME_WAIT, or FIN_WAIT2: the program has closed and the peer's FIN is still to come. Linux
  // keeps both in the same way.
  TcpState state = TcpState::time_wait;
  std::uint16_t domain = AF_INET;
  Address local, remote;
  Sequence snd_nxt = 0;      // behind our FIN
  Sequence rcv_nxt = 0;      // in TIME_WAIT behind the peer's FIN
  std::uint32_t window = 0;  // that we advertise: bytes, a multiple of 1 << rcv_wscale
  std::uint8_t rcv_wscale = 0;
  bool timestamps = false;
  std::uint32_t ts_recent = 0;     // the peer's TSval, when timestamps
  TimestampClock clock;            // ours, when timestamps
  std::uint32_t remaining_ms = 0;  // until the timer removes it

  friend bool operator==(const TcpTimeWait&, const TcpTimeWait&) = default;
};

std::string to_text(const TcpTimeWait& socket);  // "tcp 192.0.2.1:7001 > 192.0.2.2:7002 TIME_WAIT"

}  // namespace sockcr
