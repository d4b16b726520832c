#include "engine/bench/connections.h"

#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <cstring>

#include "engine/image/address.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/repair.h"

namespace sockcr::bench {
namespace {

constexpr int receive_buffer = 1 << 20;  // bytes; every queue fits

FileDescriptor listen_on_loopback(int family, int backlog) {
  Address address{.family = static_cast<std::uint16_t>(family), .bytes = {}};
  if (family == AF_INET6) {
    address.bytes[15] = 1;
  } else {
    address.bytes = {127, 0, 0, 1};
  }
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(address, storage);
  FileDescriptor listener = make_socket(family, SOCK_STREAM, IPPROTO_TCP);
  bind_socket(listener.get(), reinterpret_cast<const sockaddr*>(&storage), length);
  listen_socket(listener.get(), backlog);
  return listener;
}

void fill(int ours, int peer, std::size_t length) {
  const std::vector<std::uint8_t> bytes(length, 'x');
  for (std::size_t sent = 0; sent < length;) {
    sent += send_bytes(peer, std::span(bytes).subspan(sent), 0);
  }
  const bool arrived = poll_until(std::chrono::seconds(5), [&] {
    return queued_bytes(ours, SIOCINQ, "SIOCINQ") == static_cast<int>(length);
  });
  if (!arrived) throw Violation("unread bytes", std::to_string(length), "fewer after 5 s");
}

}  // namespace

Connections connect(const Load& load, std::size_t count) {
  const FileDescriptor listener = listen_on_loopback(load.family, static_cast<int>(count));
  const sockaddr_storage address = local_address(listener.get());
  Connections connections;
  for (std::size_t i = 0; i < count; ++i) {
    FileDescriptor ours = make_socket(load.family, SOCK_STREAM, IPPROTO_TCP);
    set_option(ours.get(), option::receive_buffer, receive_buffer);
    connect_socket(ours.get(), reinterpret_cast<const sockaddr*>(&address),
                   load.family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
    FileDescriptor peer = accept_socket(listener.get());
    fill(ours.get(), peer.get(), load.unread);
    connections.ours.push_back(std::move(ours));
    connections.peers.push_back(std::move(peer));
  }
  return connections;
}

void bring_loopback_up() {
  const FileDescriptor any = make_socket(AF_INET, SOCK_DGRAM, 0);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  call(
      "ioctl", [&] { return ::ioctl(any.get(), SIOCSIFFLAGS, &request); },
      [] { return std::string("SIOCSIFFLAGS, lo, IFF_UP"); });
}

void close_silently(std::vector<FileDescriptor>& sockets) {
  for (const FileDescriptor& socket : sockets) enter_repair(socket.get(), Reuse::keep);
  sockets.clear();
}

}  // namespace sockcr::bench
