// One call that peeks at a unix socket.
#pragma once

#include <sys/socket.h>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/unix/queue.h"

namespace sockcr {

struct Received {
  ssize_t length = 0;
  bool is_message = false;  // and not the end: who sent it is told with every message
  bool cut = false;
  PeekedMessage peeked;
};

// Peeks into `buffer`; where there is nothing, length -1. A pending error comes before a datagram
// or packet, and is pending no more then. The kernel is told of `room`.
Received receive(int socket, std::span<std::uint8_t> buffer, std::size_t room);

// recvmsg(2), whose failure is an answer.
ssize_t try_receive(int socket, msghdr& header, int flags);

}  // namespace sockcr
