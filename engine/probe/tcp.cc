#include <fmt/format.h>
#include <netinet/in.h>
#include <array>

#include "engine/probe/loopback.h"
#include "engine/probe/questions.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

namespace sockcr::ask {
namespace {

constexpr int send_queue = 2;  // TCP_SEND_QUEUE

}  // namespace

Finding repair() {
  const Loopback loopback = Loopback::connect();
  set_option(loopback.client.get(), option::repair, 1);
  set_option(loopback.client.get(), option::repair_queue, send_queue);
  get_option(loopback.client.get(), option::queue_seq);
  return {Answer::yes, ""};
}

Finding repair_when_half_closed() {
  const Loopback loopback = Loopback::connect();
  shut_down_socket(loopback.client.get(), SHUT_WR);
  set_option(loopback.client.get(), option::repair, 1);
  set_option(loopback.server.get(), option::repair, 1);
  return {Answer::yes, ""};
}

// The kernel takes no length but that of its own struct, which may grow.
Finding repair_window() {
  const Loopback loopback = Loopback::connect();
  set_option(loopback.client.get(), option::repair, 1);
  std::array<std::uint8_t, 128> buffer{};
  for (socklen_t length = 20; length <= buffer.size(); length += 4) {
    socklen_t given = length;
    const int result =
        ::getsockopt(loopback.client.get(), IPPROTO_TCP, TCP_REPAIR_WINDOW, buffer.data(), &given);
    if (result == 0) return {Answer::yes, fmt::format("a struct of {} bytes", length)};
    if (errno != EINVAL) break;
  }
  return {Answer::no, "this kernel does not know the option"};
}

Finding raw_v4() {
  make_socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  return {Answer::yes, ""};
}

Finding raw_v6() {
  make_socket(AF_INET6, SOCK_RAW, IPPROTO_RAW);
  return {Answer::yes, ""};
}

Finding mark() {
  const FileDescriptor socket = make_socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  set_option(socket.get(), option::mark, 0xC114);
  return {Answer::yes, ""};
}

}  // namespace sockcr::ask
