#include "engine/bench/floor.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <array>
#include <cerrno>

#include "engine/sys/error.h"

namespace sockcr::bench {
namespace {

void checked(long result, const char* call) {
  if (result < 0) throw SystemError(call, "of the floor", errno);
}

template <class Value>
void get(int socket, int level, int number, Value& value) {
  socklen_t length = sizeof value;
  checked(::getsockopt(socket, level, number, &value, &length), "getsockopt");
}

template <class Value>
void set(int socket, int number, const Value& value) {
  checked(::setsockopt(socket, IPPROTO_TCP, number, &value, sizeof value), "setsockopt");
}

socklen_t name_length(int family) {
  return family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

}  // namespace

FloorImage floor_capture(int socket, int family, std::span<std::uint8_t> queue) {
  FloorImage image{};
  image.family = family;
  socklen_t length = sizeof image.local;
  checked(::getsockname(socket, reinterpret_cast<sockaddr*>(&image.local), &length), "getsockname");
  length = sizeof image.remote;
  checked(::getpeername(socket, reinterpret_cast<sockaddr*>(&image.remote), &length),
          "getpeername");
  set(socket, TCP_REPAIR, 1);
  struct {
    std::uint8_t first[7];  // as far as the options and scales reach
  } info{};
  get(socket, IPPROTO_TCP, TCP_INFO, info);
  image.wscales = (info.first[6] & 0xFU) | (info.first[6] >> 4U) << 16U;
  get(socket, IPPROTO_TCP, TCP_MAXSEG, image.mss);
  get(socket, IPPROTO_TCP, TCP_TIMESTAMP, image.timestamp);
  get(socket, IPPROTO_TCP, TCP_REPAIR_WINDOW, image.window);
  checked(::ioctl(socket, SIOCOUTQ, &image.outq), "ioctl");
  checked(::ioctl(socket, SIOCOUTQNSD, &image.unsent), "ioctl");
  checked(::ioctl(socket, SIOCINQ, &image.inq), "ioctl");
  set(socket, TCP_REPAIR_QUEUE, int{TCP_SEND_QUEUE});
  get(socket, IPPROTO_TCP, TCP_QUEUE_SEQ, image.write_seq);
  set(socket, TCP_REPAIR_QUEUE, int{TCP_RECV_QUEUE});
  get(socket, IPPROTO_TCP, TCP_QUEUE_SEQ, image.rcv_nxt);
  if (image.inq > 0) {
    checked(::recv(socket, queue.data(), queue.size(), MSG_PEEK | MSG_DONTWAIT), "recv");
  }
  return image;
}

FileDescriptor floor_rebuild(const FloorImage& image, std::span<const std::uint8_t> queue) {
  FileDescriptor made(::socket(image.family, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP));
  const int socket = made.get();
  checked(socket, "socket");
  set(socket, TCP_REPAIR, 1);
  checked(
      ::bind(socket, reinterpret_cast<const sockaddr*>(&image.local), name_length(image.family)),
      "bind");
  set(socket, TCP_REPAIR_QUEUE, int{TCP_SEND_QUEUE});
  set(socket, TCP_QUEUE_SEQ, image.write_seq);
  set(socket, TCP_REPAIR_QUEUE, int{TCP_RECV_QUEUE});
  set(socket, TCP_QUEUE_SEQ, image.rcv_nxt - static_cast<std::uint32_t>(image.inq));
  checked(::connect(socket, reinterpret_cast<const sockaddr*>(&image.remote),
                    name_length(image.family)),
          "connect");
  const std::array<tcp_repair_opt, 4> options{{{4, 0}, {3, image.wscales}, {8, 0}, {2, image.mss}}};
  set(socket, TCP_REPAIR_OPTIONS, options);
  set(socket, TCP_TIMESTAMP, image.timestamp);
  if (!queue.empty()) {
    checked(::send(socket, queue.data(), queue.size(), MSG_DONTWAIT), "send");
  }
  set(socket, TCP_REPAIR_WINDOW, image.window);
  set(socket, TCP_REPAIR, -1);
  return made;
}

}  // namespace sockcr::bench
