// Two sockets of this process that talk over the loopback of the namespace that it is in: what a
// row about TCP_REPAIR is asked of.
#pragma once

#include <netinet/in.h>
#include <cstdint>

#include "engine/image/tcp_state.h"
#include "engine/sys/descriptor.h"

namespace sockcr::scenario {

// The socket in question, whom it talks to, and who has to be there for that. Throws SystemError.
struct LoopbackPair {
  FileDescriptor socket, other{}, third{};
};

LoopbackPair pair_in(TcpState state);         // CLOSE: never connected
LoopbackPair pair_in_repair(TcpState state);  // `socket` alone
// Both have closed, the other first, and bytes of it are unread.
LoopbackPair closed_with_unread_bytes();

struct LoopbackEnds {
  sockaddr_in local, remote;
};
// A connection between these has ended, and its local end is in TIME_WAIT.
LoopbackEnds ends_in_time_wait();

FileDescriptor listener_on_loopback(int backlog);
sockaddr_in loopback_end(std::uint16_t port = 0);
const sockaddr* as_sockaddr(const sockaddr_in& address);

TcpState state_of(int socket);
void send_and_await_ack(int socket);  // one byte

}  // namespace sockcr::scenario
