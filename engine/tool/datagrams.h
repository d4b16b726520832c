#pragma once

#include <sys/types.h>
#include <cstdint>
#include <vector>

#include "engine/image/image.h"

namespace sockcr {

// Whether one of the processes has a socket of UDP or UDP-Lite: then their gate has to stop
// datagrams too, which it leaves alone otherwise.
bool hold_datagram_sockets(const std::vector<pid_t>& pids);

// The protocols of their raw sockets, each once: likewise.
std::vector<std::uint8_t> raw_protocols_of(const std::vector<pid_t>& pids);
std::vector<std::uint8_t> raw_protocols_of(const Image& image);

}  // namespace sockcr
