// A client's handshake that is not complete: the kernel keeps a request (TCP_NEW_SYN_RECV, in ss
// SYN-RECV) in the listener's queue, and no descriptor refers to it.
#pragma once

#include <cstdint>
#include <string>

#include "engine/image/tcp_connection.h"

namespace sockcr {

struct TcpRequest {
  std::uint16_t domain = AF_INET;
  Address local, remote;
  std::uint32_t listener = 0;  // its number in the image, counted from 1
  Sequence snt_isn = 0;        // of our SYN-ACK
  Sequence rcv_isn = 0;        // of the client's SYN
  // What the two SYNs agreed on; mss_clamp is the client's MSS option.
  Negotiated negotiated;
  std::uint32_t ts_recent = 0;  // the client's TSval, when negotiated.timestamps
  TimestampClock clock;         // ours, when negotiated.timestamps

  friend bool operator==(const TcpRequest&, const TcpRequest&) = default;
};

std::string to_text(const TcpRequest& request);  // "tcp 192.0.2.1:7001 > 192.0.2.2:7002 SYN_RECV"

}  // namespace sockcr
