// Images to test with: one that never changes, and random ones that a kernel could have produced.
#pragma once

#include <random>

#include "engine/image/image.h"

namespace sockcr {

// CLOSE_WAIT over IPv4 with both queues filled, two options and one holder; golden/version_1.image.
TcpConnection sample_connection();
Image sample_image();
Image image_of(const TcpConnection& connection);

// One socket of each kind of TCP, and a connection of each owner and end; golden/all_kinds.image.
Image all_tcp_kinds_image();
// The same, and sockets of UDP and UDP-Lite; golden/every_kind.image.
Image tcp_and_udp_image();
// The same, and what came later: a member of multicast groups, raw sockets; golden/groups.image.
Image all_kinds_image();
// The same, and what several descriptors share; golden/open_files.image.
Image open_files_image();
namespace all_kinds {
enum Place : std::size_t {
  listener,
  established,
  child,
  request,
  syn_sent,
  orphan,
  time_wait,
  reset,
  unconnected,
  udp,
  udp_lite,
  unix_listener,
  unix_client,  // to the one behind it
  unix_child,
  unix_waiting,  // in the listener's queue, and its client has gone
  unix_packets,  // its peer has gone
  unix_dgram,    // connected to the one behind it
  unix_named,
  member,
  raw,
  raw_v6,
};
}

using Dice = std::mt19937_64;
TcpConnection random_connection(Dice& dice);
Image random_image(Dice& dice);  // 0 to 4 sockets, and the listeners that they wait in

Address end_at(int family, const char* text, std::uint16_t port);
Bytes pattern(std::size_t length, std::uint8_t first);

}  // namespace sockcr
