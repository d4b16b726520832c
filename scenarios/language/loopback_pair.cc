#include "scenarios/language/loopback_pair.h"

#include <fmt/format.h>
#include <linux/tcp.h>
#include <sys/ioctl.h>
#include <cerrno>
#include <vector>

#include "engine/process/diag.h"
#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/info.h"

namespace sockcr::scenario {
namespace {

using namespace std::chrono_literals;

FileDescriptor connected_to(int listener) {
  const sockaddr_storage address = local_address(listener);
  FileDescriptor socket = make_socket(AF_INET, SOCK_STREAM, 0);
  connect_socket(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(sockaddr_in));
  return socket;
}

LoopbackPair connected() {
  const FileDescriptor listener = listener_on_loopback(1);
  FileDescriptor socket = connected_to(listener.get());
  return {std::move(socket), accept_socket(listener.get())};
}

// To a listener whose queue is full: nobody answers.
LoopbackPair calling() {
  FileDescriptor listener = listener_on_loopback(0);
  FileDescriptor first = connected_to(listener.get());
  if (!readable_within(listener.get(), 2s)) {
    throw SystemError("accept", "nobody waits in the queue of a listener", ETIMEDOUT);
  }
  const sockaddr_storage address = local_address(listener.get());
  FileDescriptor socket = make_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  begin_connecting(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(sockaddr_in));
  return {std::move(socket), std::move(first), std::move(listener)};
}

LoopbackPair driven_to(TcpState state) {
  if (state == TcpState::close) return {make_socket(AF_INET, SOCK_STREAM, 0)};
  if (state == TcpState::listen) return {listener_on_loopback(1)};
  if (state == TcpState::syn_sent) return calling();
  LoopbackPair pair = connected();
  if (state == TcpState::close_wait) shut_down_socket(pair.other.get(), SHUT_WR);
  if (state == TcpState::fin_wait2) shut_down_socket(pair.socket.get(), SHUT_WR);
  return pair;
}

void await_state(int socket, TcpState state) {
  if (poll_until(2s, [&] { return state_of(socket) == state; })) return;
  throw SystemError("connect", fmt::format("a socket does not come to {}", to_text(state)),
                    ETIMEDOUT);
}

}  // namespace

LoopbackPair pair_in(TcpState state) {
  LoopbackPair pair = driven_to(state);
  await_state(pair.socket.get(), state);
  return pair;
}

LoopbackPair pair_in_repair(TcpState state) {
  LoopbackPair pair = pair_in(state);
  set_option(pair.socket.get(), option::repair, int{TCP_REPAIR_ON});
  return pair;
}

LoopbackPair closed_with_unread_bytes() {
  LoopbackPair pair = connected();
  send_bytes(pair.other.get(), std::vector<std::uint8_t>{'x', 'y', 'z'}, 0);
  shut_down_socket(pair.other.get(), SHUT_WR);
  await_state(pair.socket.get(), TcpState::close_wait);
  shut_down_socket(pair.socket.get(), SHUT_WR);
  await_state(pair.socket.get(), TcpState::close);
  return pair;
}

LoopbackEnds ends_in_time_wait() {
  LoopbackPair pair = connected();
  const sockaddr_storage local = local_address(pair.socket.get());
  const sockaddr_storage remote = remote_address(pair.socket.get());
  pair.socket.reset();
  pair.other.reset();
  const auto has_come = [&] {
    const auto left = find_tcp(from_sockaddr(local), from_sockaddr(remote));
    return left && left->state == TcpState::time_wait;
  };
  if (!poll_until(2s, has_come)) throw SystemError("close", "no TIME_WAIT", ETIMEDOUT);
  return {reinterpret_cast<const sockaddr_in&>(local),
          reinterpret_cast<const sockaddr_in&>(remote)};
}

FileDescriptor listener_on_loopback(int backlog) {
  FileDescriptor listener = make_socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in any = loopback_end();
  bind_socket(listener.get(), as_sockaddr(any), sizeof any);
  listen_socket(listener.get(), backlog);
  return listener;
}

sockaddr_in loopback_end(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

const sockaddr* as_sockaddr(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

TcpState state_of(int socket) { return read_info(socket).state; }

void send_and_await_ack(int socket) {
  send_bytes(socket, std::vector<std::uint8_t>{'x'}, 0);
  if (poll_until(2s, [&] { return queued_bytes(socket, TIOCOUTQ, "SIOCOUTQ") == 0; })) return;
  throw SystemError("send", "a byte over loopback is not acknowledged", ETIMEDOUT);
}

}  // namespace sockcr::scenario
