// A raw socket of IPv4 or IPv6, as plain values.
//
// What a kernel (6.1 to 6.18) does not tell, and what no restored socket has therefore: what
// udp_socket.h says of a datagram and of a socket, IPV6_ROUTER_ALERT's value, and that it was shut
// down for writing alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/image/membership.h"
#include "engine/image/udp_socket.h"

namespace sockcr {

struct RawSocket {
  std::uint16_t domain = AF_INET;
  std::uint8_t protocol = 255;  // 1 to 255; IPPROTO_RAW is 255
  Address local{};  // a wildcard: not bound. No port: the kernel shows its protocol there
  // Address{}: not connected. Its port means nothing; it is what connect(2) was given.
  Address remote{};
  bool shut_down_receive = false, shut_down_send = false;
  bool errors_lost = false;  // as of UdpSocket
  std::vector<OptionValue> options{};
  // Those of an IPv4 socket are whole packets, with their IP header, and what is said of one beside
  // its payload stands in that header too. Without ports.
  std::vector<Datagram> queue{};
  SocketFilter filter{};                  // as of UdpSocket
  std::vector<Membership> memberships{};  // as of UdpSocket
  bool in_kernel_order = false;
  OpenFile file{};

  friend bool operator==(const RawSocket&, const RawSocket&) = default;
};

bool is_connected(const RawSocket& socket);

// "raw 253 192.0.2.1", "raw 58 2001:db8::1 > 2001:db8::2", for errors.
std::string to_text(const RawSocket& socket);

// Why `packet`, as an IPv4 socket of `protocol` reads it, is none; empty when it is one.
std::string packet_fault(const Bytes& packet, std::uint8_t protocol);
// What its header says of it; the payload is all of it. Of a packet that is one.
Datagram datagram_of(Bytes packet);
// Its header bears these addresses from here on, and its checksum is right.
void readdress_packet(Bytes& packet, const Address& source, const Address& destination);

}  // namespace sockcr
