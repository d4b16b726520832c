#include <netinet/in.h>
#include <sys/socket.h>
#include <array>
#include <cerrno>
#include <fstream>
#include <string>

#include "engine/probe/questions.h"
#include "engine/sys/socket.h"

// Newer than Debian 12's headers.
#ifndef TCP_AO_INFO
#define TCP_AO_INFO 40
#endif
#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

namespace sockcr::ask {
namespace {

constexpr const char* there = "this kernel has it";

}  // namespace

// Asking for TCP_ULP would load the module.
Finding ktls() {
  std::ifstream available("/proc/sys/net/ipv4/tcp_available_ulp");
  for (std::string name; available >> name;) {
    if (name == "tls") return {Answer::yes, there};
  }
  return {Answer::no, "not loaded"};
}

// Without keys the answer is some other error.
Finding tcp_ao() {
  const FileDescriptor socket = make_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  std::array<std::uint8_t, 256> buffer{};
  socklen_t length = buffer.size();
  const int result = ::getsockopt(socket.get(), IPPROTO_TCP, TCP_AO_INFO, buffer.data(), &length);
  if (result == 0 || errno != ENOPROTOOPT) return {Answer::yes, there};
  return {Answer::no, "not in this kernel"};
}

Finding mptcp() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP);
  if (FileDescriptor(socket)) return {Answer::yes, there};
  return {Answer::no,
          errno == ENOPROTOOPT ? "switched off (net.mptcp.enabled)" : "not in this kernel"};
}

}  // namespace sockcr::ask
