// A datagram of somebody else's, sent once more: to a socket of this machine, and to it alone.
#pragma once

#include <netinet/in.h>
#include <map>
#include <string>

#include "engine/image/udp_socket.h"
#include "engine/sys/descriptor.h"

namespace sockcr {

// What it travels in.
struct Transport {
  std::uint8_t protocol = IPPROTO_UDP;
  // Its payload is all there is behind the IPv6 header, or in IPv4 the whole packet.
  bool raw = false;
};

// Why this machine cannot put `datagram` back into a queue as it was; empty when it can.
std::string why_not_forged(const Datagram& datagram);

// IP header, UDP or UDP-Lite header with its checksum over everything, payload: as on a wire.
Bytes packet_of(const Datagram& datagram, const Transport& transport = {});

// Raw sockets of the network namespace in which it was made, one for each family; needs CAP_NET_RAW
// and CAP_NET_ADMIN. (libnet knows neither UDP-Lite nor the scope of a link-local address.)
class Forger {
 public:
  // Marked (gate.h), and delivered before this returns or soon after. Throws SystemError, and sends
  // nothing, where the destination is no address of this namespace: it would go out on the wire.
  // What is sent to a group stays here by a hop limit of 0; all members here hear it.
  void send(const Datagram& datagram, const Transport& transport = {});

 private:
  int socket_of(int family);
  static void send_to_group(const Datagram& datagram, const Transport& transport);

  std::map<int, FileDescriptor> sockets_;
};

}  // namespace sockcr
