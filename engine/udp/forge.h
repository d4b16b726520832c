// A datagram of somebody else's, sent once more: to a socket of this machine, and to it alone.
#pragma once

#include <map>
#include <string>

#include "engine/image/udp_socket.h"
#include "engine/sys/descriptor.h"

namespace sockcr {

// Why this machine cannot put `datagram` back into a queue as it was; empty when it can.
std::string why_not_forged(const Datagram& datagram);

// IP header, UDP or UDP-Lite header with its checksum over everything, payload: as on a wire.
Bytes packet_of(const Datagram& datagram, bool lite);

// Raw sockets of the network namespace in which it was made, one for each family; needs CAP_NET_RAW
// and CAP_NET_ADMIN. (libnet knows neither UDP-Lite nor the scope of a link-local address.)
class Forger {
 public:
  // Marked (gate.h), and delivered before this returns or soon after. Throws SystemError, and sends
  // nothing, where the destination is no address of this namespace: it would go out on the wire.
  void send(const Datagram& datagram, bool lite);

 private:
  int socket_of(int family);

  std::map<int, FileDescriptor> sockets_;
};

}  // namespace sockcr
