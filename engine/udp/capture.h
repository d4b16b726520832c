// Reading a UDP or UDP-Lite socket out of the kernel.
#pragma once

#include <vector>

#include "engine/image/udp_socket.h"
#include "engine/process/diag.h"

namespace sockcr {

bool is_udp_lite(int socket);

// Reads `socket`, of a frozen program behind a closed gate, and leaves it and its queue as they
// were; what peeking hid has to be refreshed. `dump`: dump_udp of its kind. Throws Unsupported, by
// name, for a datagram that could not be put back.
struct CapturedUdp {
  UdpSocket socket;
  bool hid_something = false;  // queue.h
};
CapturedUdp capture_udp(int socket, const std::vector<UdpDiag>& dump);

// Takes everything out of the queue of a socket and puts it back (plan_refresh), so that nothing is
// hidden any more. Throws Unsupported, and does nothing, where it could not be put back: into a
// group whose program cannot be read, or what was sent by others before the socket was connected.
void refresh_queue(int socket, const CapturedUdp& captured, const std::vector<UdpDiag>& dump);

}  // namespace sockcr
