#include <arpa/inet.h>
#include <netinet/in.h>
#include <cerrno>

#include "engine/gate/iptables_gate.h"
#include "engine/gate/tap.h"
#include "engine/probe/questions.h"
#include "engine/sys/socket.h"

namespace sockcr::ask {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t discard_port = 9;
constexpr std::uint16_t log_group = 0xC114;

// UDP, because a datagram that is dropped on its way out is told to its sender at once (EPERM).
GateRequest udp_gate(int family) {
  return {.image_id = 0xC114,
          .v4 = family == AF_INET,
          .v6 = family == AF_INET6,
          .protocol = IPPROTO_UDP};
}

sockaddr_storage loopback_address(int family) {
  sockaddr_storage storage{};
  storage.ss_family = static_cast<sa_family_t>(family);
  if (family == AF_INET) {
    auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v4.sin_port = htons(discard_port);
  } else {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
    v6.sin6_addr = in6addr_loopback;
    v6.sin6_port = htons(discard_port);
  }
  return storage;
}

bool datagram_leaves(int family) {
  const FileDescriptor socket = make_socket(family, SOCK_DGRAM, 0);
  const sockaddr_storage to = loopback_address(family);
  return ::sendto(socket.get(), "?", 1, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 1;
}

Finding gate(int family) {
  IptablesGate gate(udp_gate(family));
  gate.close();
  if (datagram_leaves(family)) return {Answer::no, "its rules stop nothing"};
  gate.open();
  if (!datagram_leaves(family)) return {Answer::no, "its rules do not go away"};
  return {Answer::yes, ""};
}

}  // namespace

Finding gate_v4() { return gate(AF_INET); }

Finding gate_v6() { return gate(AF_INET6); }

Finding tap() {
  Tap tap(log_group);
  GateRequest request = udp_gate(AF_INET);
  request.tap = log_group;
  IptablesGate gate(request);
  gate.close();
  datagram_leaves(AF_INET);
  if (tap.next(1s)) return {Answer::yes, ""};
  return {Answer::no, "a dropped packet is not heard"};
}

Finding hole() {
  GateRequest request = udp_gate(AF_INET);
  request.swallow = true;
  IptablesGate gate(request);
  gate.close();
  if (datagram_leaves(AF_INET)) return {Answer::yes, ""};
  return {Answer::no, "the sender is told"};
}

}  // namespace sockcr::ask
