// Reading a TCP connection out of the kernel.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/image/tcp_connection.h"

namespace sockcr {

// What a capture does, in order; a value, so that it can be printed, stepped through and edited.
enum class Reading : std::uint8_t {
  names,         // getsockname, SO_PEERNAME (getpeername fails once a connection is in CLOSE)
  options,       // before repair mode overwrites SO_REUSEADDR
  enter_repair,  // from here on the socket is silent when closed
  state,         // TCP_INFO: state and negotiated options
  mss,           // TCP_MAXSEG: in repair mode the negotiated limit, otherwise the current one
  clock,         // TCP_TIMESTAMP
  window,        // TCP_REPAIR_WINDOW
  sequences,     // TCP_QUEUE_SEQ, SIOCINQ, SIOCOUTQ, SIOCOUTQNSD
  queues,        // the bytes
  leave_repair,  // never in a checkpoint that ends its program: the close would reach the peer
};
std::string_view to_text(Reading reading);

// The readings of a checkpoint.
std::vector<Reading> capture_readings();

// Reads `socket`, a TCP socket of a frozen program behind a closed gate, and leaves it in repair
// mode with no queue selected; nothing else about it changes. Throws Unsupported, by name and
// before repair mode, for a socket that this engine does not restore.
TcpConnection capture(int socket, const std::vector<Reading>& readings = capture_readings());

// SO_PEERNAME: getpeername fails in SYN_SENT and in CLOSE. ENOTCONN for a socket that was never
// connected.
Address read_peer_name(int socket, int domain);

// Reads SO_ERROR of a connection in CLOSE into `c`, which was captured from it. The error is gone
// from the socket then: it is told once.
void read_error(int socket, TcpConnection& c);

}  // namespace sockcr
