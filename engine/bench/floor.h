// The floor: the system calls without which no engine can do the work, and nothing else. No option
// but the negotiated ones, no value kept in order, one buffer for every queue.
#pragma once

#include <linux/tcp.h>
#include <sys/socket.h>
#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/sys/descriptor.h"

namespace sockcr::bench {

struct FloorImage {
  int family;
  sockaddr_storage local, remote;
  std::uint32_t mss, timestamp;
  std::uint32_t wscales;  // snd | rcv << 16
  tcp_repair_window window;
  int outq, unsent, inq;
  std::uint32_t rcv_nxt, write_seq;
};

// 14 calls, and one recv when there is something in the queue; leaves the socket in repair mode.
FloorImage floor_capture(int socket, int family, std::span<std::uint8_t> queue);

// 12 calls, two more when there is a queue to fill; out of repair mode again.
FileDescriptor floor_rebuild(const FloorImage& image, std::span<const std::uint8_t> queue);

}  // namespace sockcr::bench
