#pragma once

#include <sys/types.h>
#include <vector>

namespace sockcr {

// Whether one of the processes has a socket of UDP or UDP-Lite: then their gate has to stop
// datagrams too, which it leaves alone otherwise.
bool hold_datagram_sockets(const std::vector<pid_t>& pids);

}  // namespace sockcr
