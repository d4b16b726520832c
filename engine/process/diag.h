// What the kernel tells about TCP sockets without their descriptors: one sock_diag dump of a
// network namespace (Linux 3.3; no privilege to look).
#pragma once

#include <cstdint>
#include <vector>

#include "engine/image/address.h"
#include "engine/image/tcp_state.h"

namespace sockcr {

enum class TcpTimer : std::uint8_t {
  none = 0,
  retransmit = 1,
  keepalive = 2,
  time_wait = 3,
  probe = 4
};

struct TcpDiag {
  TcpState state = TcpState::close;
  Address local, remote;
  std::uint64_t inode = 0;  // 0 for a socket that no descriptor refers to
  TcpTimer timer = TcpTimer::none;
  std::uint32_t timer_ms = 0;                       // until it fires
  std::uint8_t retransmits = 0;                     // how often it has fired for the same data
  std::uint32_t receive_queue = 0, send_queue = 0;  // bytes; of a listener: its backlog's use, size
};

// Every hashed TCP socket of the calling thread's network namespace, IPv4 then IPv6. A socket in
// CLOSE is not hashed and not here.
std::vector<TcpDiag> dump_tcp();

}  // namespace sockcr
