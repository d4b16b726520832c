#include "engine/tcp/refuse.h"

#include <fmt/format.h>
#include <array>
#include <cerrno>
#include <string>

#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/info.h"
#include "engine/tcp/urgent.h"

// Newer than Debian 12's headers.
#ifndef TCP_AO_INFO
#define TCP_AO_INFO 40
#endif

namespace sockcr {
namespace {

void refuse_states(int socket) {
  const TcpState state = read_info(socket).state;
  switch (state) {
    case TcpState::established:
    case TcpState::fin_wait1:
    case TcpState::fin_wait2:
    case TcpState::close_wait:
    case TcpState::last_ack:
    case TcpState::closing:
    case TcpState::close:
      return;
    case TcpState::syn_sent:
    case TcpState::syn_recv:
    case TcpState::new_syn_recv:
    case TcpState::time_wait:
    case TcpState::listen:
      break;
  }
  throw Unsupported(fmt::format("TCP in {}", to_text(state)), "not restored by this release");
}

// Length of what getsockopt has to say, or -errno.
int answer_length(int socket, int level, int number) {
  std::array<std::uint8_t, 256> buffer{};
  socklen_t length = buffer.size();
  const int result = ::getsockopt(socket, level, number, buffer.data(), &length);
  return result == 0 ? static_cast<int>(length) : -errno;
}

void refuse_attachments(int socket) {
  if (answer_length(socket, IPPROTO_TCP, TCP_ULP) > 0) {
    throw Unsupported("an upper-layer protocol (TCP_ULP)", "its keys cannot be read");
  }
  if (answer_length(socket, IPPROTO_TCP, TCP_AO_INFO) > 0) {
    throw Unsupported("TCP-AO", "its keys cannot be read");
  }
}

}  // namespace

void refuse_unsupported(int socket) {
  refuse_states(socket);
  require_all_can_be_peeked(socket, count_unread(socket));
  refuse_attachments(socket);
}

}  // namespace sockcr
