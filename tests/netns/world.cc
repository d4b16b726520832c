#include "tests/netns/world.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <unistd.h>
#include <cstring>

#include "engine/sys/poll.h"
#include "engine/sys/process.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "netns/sandbox.h"

namespace sockcr::netns {
namespace {

// Longer than what a lost SYN costs, shorter than the kernel's patience.
constexpr SocketOption<timeval> connect_limit{SOL_SOCKET, SO_SNDTIMEO, "SO_SNDTIMEO"};
constexpr uid_t nobody = 65534;

socklen_t length_of(const sockaddr_storage& address) {
  return address.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

const sockaddr* generic(const sockaddr_storage& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

FileDescriptor stream_inside(const Laboratory& laboratory, End end, int family) {
  const NetworkNamespace::Scope scope(laboratory.inside(end));
  return make_socket(family, SOCK_STREAM, IPPROTO_TCP);
}

}  // namespace

std::string sandbox_obstacle() {
  static const std::string obstacle = [] {
    try {
      run_in_sandbox([] { return 0; });
    } catch (const SystemError& error) {
      return std::string(error.what());
    }
    return std::string();
  }();
  return obstacle;
}

bool passes_inside(const std::function<void()>& body) {
  return run_in_sandbox([&] {
           body();
           return ::testing::Test::HasFailure() ? 1 : 0;
         }) == 0;
}

bool passes_inside_as_nobody(const std::function<void()>& body) {
  ChildProcess user = ChildProcess::run([&] {
    if (::setgroups(0, nullptr) != 0 || ::setresgid(nobody, nobody, nobody) != 0 ||
        ::setresuid(nobody, nobody, nobody) != 0) {
      return 125;
    }
    ::prctl(PR_SET_DUMPABLE, 1);  // as after execve; else /proc/self stays root's
    return passes_inside(body) ? 0 : 1;
  });
  return user.wait().code == 0;
}

void expect_inside(const std::function<void()>& body) {
  EXPECT_TRUE(passes_inside(body)) << "the reason is printed above";
}

void expect_inside_as_nobody(const std::function<void()>& body) {
  EXPECT_TRUE(passes_inside_as_nobody(body)) << "the reason is printed above";
}

Connection connect_over(const Laboratory& laboratory, int family, End from) {
  const FileDescriptor listener = stream_inside(laboratory, other(from), family);
  set_option(listener.get(), option::reuse_address, 1);
  const auto address = Laboratory::address(other(from), family, 7000);
  bind_socket(listener.get(), generic(address), length_of(address));
  listen_socket(listener.get(), 1);
  FileDescriptor active = stream_inside(laboratory, from, family);
  set_option(active.get(), connect_limit, timeval{.tv_sec = 4, .tv_usec = 0});
  connect_socket(active.get(), generic(address), length_of(address));
  FileDescriptor passive = accept_socket(listener.get());
  if (from == End::peer) std::swap(active, passive);
  return {std::move(active), std::move(passive)};
}

tcp_info information(int socket) {
  tcp_info info{};
  get_option_bytes(socket, IPPROTO_TCP, TCP_INFO, "TCP_INFO", &info, sizeof info);
  return info;
}

void say(int socket, const std::string& words) {
  send_bytes(socket, {reinterpret_cast<const std::uint8_t*>(words.data()), words.size()}, 0);
}

std::string hear(int socket, std::size_t length) {
  std::string heard;
  std::uint8_t buffer[65536];
  while (heard.size() < length && readable_within(socket, std::chrono::seconds(2))) {
    const std::size_t n = receive_bytes(socket, buffer, MSG_DONTWAIT);
    if (n == 0) break;
    heard.append(reinterpret_cast<const char*>(buffer), n);
  }
  return heard;
}

std::string exchange(int from, int to, const std::string& words) {
  say(from, words);
  return hear(to, words.size());
}

}  // namespace sockcr::netns
