// What IP says of the segments of a connection.
#pragma once

#include <cstdint>

#include "engine/image/tcp_connection.h"

namespace sockcr {

struct IpHeader {
  // The most that there is: who hears only his neighbours (RFC 5082; IP_MINTTL, IPV6_MINHOPCOUNT)
  // hears this.
  std::uint8_t hop_limit = 255;
  std::uint8_t traffic_class = 0;
  std::uint32_t mark = 0;  // SO_MARK, which routes and firewalls look at
};

// Of what the connection sends by itself, by its options (IP_TTL, IP_TOS, SO_MARK ...); of a new
// socket where the image has none, as of an orphan.
IpHeader ip_header_of(const TcpConnection& c);

}  // namespace sockcr
