// Reading a unix socket out of the kernel.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/image/unix_socket.h"
#include "engine/unix/diag.h"
#include "engine/unix/queue.h"

namespace sockcr {

// By inodes still, where an image has numbers: what is connected to it, what waits in its queue of
// connections, and what its messages carry may be anything.
struct CapturedUnix {
  UnixSocket socket;  // its messages stand beside it
  std::vector<PeekedMessage> queue;
  std::uint64_t peer = 0;
  std::vector<std::uint64_t> waiting;
};

// Reads `socket`, of a frozen program, and leaves it and its queue as they were (queue.h). Of
// datagrams and packets a pending error is read, too. `diag`: what dump_unix tells of it.
CapturedUnix capture_unix(int socket, const UnixDiag& diag);

UnixType unix_type_of(int socket);

// Throws Unsupported, by name, for what this release would restore wrongly: a filter, a pending
// error of datagrams. With `leave_running` also for what reading takes: one of packets.
void refuse_unsupported_unix(int socket, bool leave_running);

}  // namespace sockcr
