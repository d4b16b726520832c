// A TCP socket that has never been connected: CLOSE, perhaps bound.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/image/tcp_connection.h"

namespace sockcr {

struct TcpUnconnected {
  std::uint16_t domain = AF_INET;
  // Port 0: not bound to a port. With a wildcard address and port 0: not bound at all.
  Address local;
  std::vector<OptionValue> options;
  SocketFilter filter{};  // as of TcpConnection
  OpenFile file{};

  friend bool operator==(const TcpUnconnected&, const TcpUnconnected&) = default;
};

std::string to_text(const TcpUnconnected& socket);  // "tcp 192.0.2.1:7001 CLOSE"

}  // namespace sockcr
