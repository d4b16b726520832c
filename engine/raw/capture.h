// Reading a raw socket out of the kernel.
#pragma once

#include <string>

#include "engine/image/raw_socket.h"
#include "engine/udp/membership.h"

namespace sockcr {

// "a raw socket, protocol 253"
std::string describe_raw(int socket);

// Throws Unsupported, by name, for what this release would lose: an eBPF program as its filter;
// with `leave_running` also for a pending error and for a queue, which reading takes.
void refuse_unsupported_raw(int socket, bool leave_running);

// All but the queue, which only reading tells (SO_PEEK_OFF is not for raw sockets); `inode` is its
// socket's. Asks only.
RawSocket capture_raw(int socket, std::uint64_t inode);

}  // namespace sockcr
