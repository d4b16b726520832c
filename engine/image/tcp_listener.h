// A listening TCP socket, as plain values. What waits in its queues are sockets of their own: a
// TcpRequest for a client whose handshake is not complete, a TcpConnection for one that nobody has
// accepted yet.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/image/tcp_connection.h"

namespace sockcr {

struct TcpListener {
  std::uint16_t domain = AF_INET;
  Address local;              // the wildcard address too
  std::uint32_t backlog = 0;  // as the kernel keeps it: listen(2)'s, cut at net.core.somaxconn
  // In a SO_REUSEPORT group the kernel chooses a member by its place: a client's address hashes to
  // a place, and places go by the order of listen(2). From 0; 0 for a listener outside any group.
  std::uint32_t group_place = 0;
  std::vector<OptionValue> options;
  std::vector<SignedPeer> signed_peers{};  // as of TcpConnection
  SocketFilter filter{};                   // as of TcpConnection; its children get it too
  OpenFile file{};

  friend bool operator==(const TcpListener&, const TcpListener&) = default;
};

// "tcp 192.0.2.1:7001 LISTEN", for errors.
std::string to_text(const TcpListener& listener);

}  // namespace sockcr
