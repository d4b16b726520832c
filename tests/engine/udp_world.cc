#include "tests/engine/udp_world.h"

#include <netinet/in.h>

#include "engine/image/diff.h"
#include "engine/sys/socket.h"
#include "engine/udp/plan.h"
#include "tests/image/sample.h"

namespace sockcr {

std::string to_text(const Flavour& f) {
  const std::string family = f.mapped ? "mapped" : f.domain == AF_INET ? "v4" : "v6";
  return f.lite ? "lite_" + family : family;
}

Address loopback(const Flavour& f, std::uint16_t port) {
  if (f.mapped) return end_at(AF_INET6, "::ffff:127.0.0.1", port);
  return f.domain == AF_INET6 ? end_at(AF_INET6, "::1", port) : end_at(AF_INET, "127.0.0.1", port);
}

FileDescriptor make_udp(const Flavour& f) {
  return make_socket(f.domain, SOCK_DGRAM, f.lite ? IPPROTO_UDPLITE : IPPROTO_UDP);
}

void bind_to(int socket, const Address& address) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(address, storage);
  bind_socket(socket, reinterpret_cast<const sockaddr*>(&storage), length);
}

void connect_to(int socket, const Address& address) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(address, storage);
  connect_socket(socket, reinterpret_cast<const sockaddr*>(&storage), length);
}

FileDescriptor bound_udp(const Flavour& f) {
  FileDescriptor socket = make_udp(f);
  bind_to(socket.get(), loopback(f));
  return socket;
}

Address local_of(int socket) { return from_sockaddr(local_address(socket)); }

FileDescriptor sender_to(const Flavour& f, const Address& to) {
  FileDescriptor socket = bound_udp(f);
  connect_to(socket.get(), to);
  return socket;
}

UdpSocket captured_udp(int socket) {
  const auto dump = dump_udp(is_udp_lite(socket));
  const CapturedUdp captured = capture_udp(socket, dump);
  if (captured.hid_something) refresh_queue(socket, captured, dump);
  return captured.socket;
}

std::unique_ptr<UdpPerformer> built(const UdpSocket& socket, Forger& forger) {
  auto performer = std::make_unique<UdpPerformer>(to_text(socket), forger);
  const auto defaults = options_of_new_udp_socket(socket.domain, socket.lite);
  performer->perform(plan_build(socket, defaults));
  performer->perform(plan_complete(socket, defaults));
  return performer;
}

std::string differences_between(const UdpSocket& before, const UdpSocket& after) {
  std::string text;
  for (const Difference& each : beyond_tolerance(before, after)) text += to_text(each) + "\n";
  return text;
}

}  // namespace sockcr
