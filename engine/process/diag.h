// What the kernel tells about TCP and UDP sockets without their descriptors: sock_diag, in the
// calling thread's network namespace (Linux 3.3; no privilege to look).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/image/address.h"
#include "engine/image/tcp_connection.h"
#include "engine/process/md5_key.h"

namespace sockcr {

enum class TcpTimer : std::uint8_t {
  none = 0,
  retransmit = 1,
  keepalive = 2,
  time_wait = 3,
  probe = 4
};

// The kernel's number of a socket, which tells it from a later one with the same ends.
using Cookie = std::array<std::uint32_t, 2>;

Cookie cookie_of(int socket);

struct TcpDiag {
  TcpState state = TcpState::close;
  Address local, remote;
  std::uint64_t inode = 0;  // 0 for a socket that no descriptor refers to
  TcpTimer timer = TcpTimer::none;
  std::uint32_t timer_ms = 0;                       // until it fires
  std::uint8_t retransmits = 0;                     // how often it has fired for the same data
  std::uint32_t receive_queue = 0, send_queue = 0;  // bytes; of a listener: its backlog's use, size
  Cookie cookie{};
  std::uint32_t device = 0;  // the index of that which it keeps to
  // struct tcp_info as the kernel has it; empty for what has none: a request, a time-wait socket.
  Bytes info{};
  std::vector<Md5Key> md5_keys{};  // told with CAP_NET_ADMIN, else none; of full sockets only
};

// Every hashed TCP socket, IPv4 then IPv6. A socket in CLOSE is not hashed and not here. Within a
// port the listeners stand in the order in which the kernel searches them.
std::vector<TcpDiag> dump_tcp();

// The one between these two ends, if it is hashed; never a listener.
std::optional<TcpDiag> find_tcp(const Address& local, const Address& remote);

struct UdpDiag {
  Address local, remote;  // port 0: not connected
  std::uint64_t inode = 0;
  Cookie cookie{};
  bool shut_down_receive = false, shut_down_send = false;
};

// Every UDP socket that is bound to a port, or every UDP-Lite one, IPv4 then IPv6. Within a port
// they stand in the order of their hash chain.
std::vector<UdpDiag> dump_udp(bool lite);

// Ends a socket as its peer's RST would (SOCK_DESTROY: Linux 4.5, CONFIG_INET_DIAG_DESTROY,
// CAP_NET_ADMIN; time-wait sockets too). The kernel sends a RST of its own, which needs a closed
// gate. One that is gone already is no error.
void destroy_tcp(const TcpDiag& socket);

}  // namespace sockcr
