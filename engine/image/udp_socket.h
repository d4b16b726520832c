// A UDP or UDP-Lite socket, as plain values.
//
// What a kernel (6.1 to 6.18) does not tell, and what no restored socket has therefore:
//
//   of a datagram   its time stamp, its mark (a restored one has the engine's), IP options; of one
//                   that was sent to a group its hop limit too (a restored one has 0, by which it
//                   does not leave the machine); whether the kernel had gathered it with others
//                   (UDP_GRO)
//   of the socket   whether connect(2) or bind(2) chose its address, which matters when it is
//                   disconnected; a program that chooses among a SO_REUSEPORT group; how many
//                   datagrams it has dropped (SO_RXQ_OVFL begins at 0); IPV6_PKTINFO, IPV6_MTU
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/image/membership.h"
#include "engine/image/tcp_connection.h"

namespace sockcr {

// One that was received and not read.
struct Datagram {
  Address source{};             // port 0: the sender gave none (RFC 768)
  Address destination{};        // not the socket's own where that is bound to a wildcard
  std::uint32_t interface = 0;  // index of that it came in by; 0: the kernel did not keep it. One
                                // that was put back has come in by the device of its destination
  std::uint8_t hop_limit = 0;   // TTL or hop limit, as it arrived
  std::uint8_t traffic_class = 0;  // TOS or traffic class, with the two bits of ECN
  std::uint32_t flow_label = 0;    // of IPv6, 20 bits
  Bytes payload{};                 // may be empty: that is a datagram too
  // Of one that was sent to a multicast group: the device by which the socket is a member.
  std::string device{};

  friend bool operator==(const Datagram&, const Datagram&) = default;
};

struct UdpSocket {
  bool lite = false;  // UDP-Lite (RFC 3828)
  std::uint16_t domain = AF_INET;
  // Port 0: not bound to a port (IP_BIND_ADDRESS_NO_PORT). With a wildcard address: not at all.
  Address local{};
  Address remote{};  // port 0: not connected
  bool shut_down_receive = false, shut_down_send = false;
  // A pending error (SO_ERROR), or something in the error queue: reading either takes it, so that
  // neither is read, and the restored socket has none.
  bool errors_lost = false;
  // As of TcpListener: places go by the order of bind(2).
  std::uint32_t group_place = 0;
  std::vector<OptionValue> options{};
  std::vector<Datagram> queue{};  // in the order in which they will be read
  SocketFilter filter{};          // as of TcpConnection
  // IPv4's, then IPv6's; of each in the order in which the kernel looks through them, or where
  // nobody could read that in the canonical one.
  std::vector<Membership> memberships{};
  bool in_kernel_order = false;
  // The one that it has begun and not sent (UDP_CORK, MSG_MORE), or none. Its addresses are those
  // of the wire, and its source is what the kernel has chosen.
  std::vector<Datagram> corked{};
  OpenFile file{};

  friend bool operator==(const UdpSocket&, const UdpSocket&) = default;
};

// "udp 192.0.2.1:7001", "udplite 192.0.2.1:7001 > 192.0.2.2:7002", for errors.
std::string to_text(const UdpSocket& socket);
std::string to_text(const Datagram& datagram);  // "192.0.2.2:7002 > 192.0.2.1:7001, 5 bytes"

inline constexpr std::size_t most_corked = 65'000;  // bytes that an image can hold of it

template <class Kind>
concept ReceivesDatagrams = requires(const Kind& kind) {
  requires std::same_as<std::remove_cvref_t<decltype(kind.queue)>, std::vector<Datagram>>;
};

// In a group of SO_REUSEPORT, alone perhaps.
bool shares_its_port(const UdpSocket& socket);

}  // namespace sockcr
