#include "tests/engine/world.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/image/address.h"
#include "engine/sys/socket.h"
#include "engine/tcp/capture.h"
#include "engine/tcp/repair.h"

namespace sockcr {
namespace {

Address loopback(int family) {
  Address address{.family = static_cast<std::uint16_t>(family), .bytes = {}};
  if (family == AF_INET6) {
    address.bytes[15] = 1;
  } else {
    address.bytes = {127, 0, 0, 1};
  }
  return address;
}

// Returns when the fork has let go of what it shall not hold.
ChildProcess start_fork(const std::vector<int>& not_held, const std::function<int()>& body) {
  Pipe ready = Pipe::make();
  ChildProcess child = ChildProcess::run([&] {
    for (const int other : not_held) ::close(other);
    ready.write_end.reset();
    return body();
  });
  ready.write_end.reset();
  EXPECT_TRUE(readable_within(ready.read_end.get(), std::chrono::seconds(5)));
  return child;
}

}  // namespace

FileDescriptor listen_on_loopback(int family, const LoopbackOptions& options) {
  FileDescriptor listener = make_socket(family, SOCK_STREAM, 0);
  options.before_listen(listener.get());
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(loopback(family), storage);
  bind_socket(listener.get(), reinterpret_cast<const sockaddr*>(&storage), length);
  listen_socket(listener.get(), 8);
  return listener;
}

Connection connect_on_loopback(int family, const LoopbackOptions& options) {
  const FileDescriptor listener = listen_on_loopback(family, options);
  const sockaddr_storage address = local_address(listener.get());
  FileDescriptor ours = make_socket(family, SOCK_STREAM, 0);
  options.before_connect(ours.get());
  connect_socket(ours.get(), reinterpret_cast<const sockaddr*>(&address),
                 family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
  return {std::move(ours), accept_socket(listener.get())};
}

ChildProcess start_echo(int socket, const std::vector<int>& not_held) {
  return start_fork(not_held, [socket] {
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(socket, buffer, sizeof buffer)) > 0;) {
      if (::write(socket, buffer, static_cast<std::size_t>(n)) != n) return 1;
    }
    return 0;
  });
}

ChildProcess start_holder(const std::vector<int>& not_held) {
  return start_fork(not_held, [] { return ::pause(); });
}

ChildProcess start_keeper(const std::vector<int>& sockets) {
  std::vector<int> not_held;
  for (const auto& link : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int number = std::stoi(link.path().filename().string());
    if (number > 2 && std::find(sockets.begin(), sockets.end(), number) == sockets.end()) {
      not_held.push_back(number);
    }
  }
  return start_fork(not_held, [] { return ::pause(); });
}

std::vector<pid_t> children() {
  std::ifstream list(fmt::format("/proc/self/task/{}/children", ::getpid()));
  return {std::istream_iterator<pid_t>(list), std::istream_iterator<pid_t>()};
}

TcpConnection captured(int socket) {
  TcpConnection connection = capture(socket);
  leave_repair(socket, WindowProbe::no);
  return connection;
}

}  // namespace sockcr
