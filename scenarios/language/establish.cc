#include <fmt/format.h>
#include <netinet/in.h>
#include <cerrno>

#include "engine/image/address.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "scenarios/language/await.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr std::uint16_t ours_port = 7001, peer_port = 7002;

// Enough for the receive window to grow past the one of the handshake: a window that is not
// restored then shows as one that has shrunk.
constexpr std::size_t warm_up_bytes = 60'000;

// ::ffff:192.0.2.1 for 192.0.2.1.
sockaddr_storage mapped(const sockaddr_storage& address) {
  Address plain = from_sockaddr(address);
  Address inside{.family = AF_INET6, .bytes = {}, .port = plain.port, .scope_id = 0};
  inside.bytes[10] = inside.bytes[11] = 0xff;
  std::copy_n(plain.bytes.begin(), 4, inside.bytes.begin() + 12);
  sockaddr_storage storage{};
  to_sockaddr(inside, storage);
  return storage;
}

// Only ours uses mapped addresses; the peer of a mapped connection is plain IPv4.
sockaddr_storage address_for(const World& world, bool user_is_ours, netns::End end,
                             std::uint16_t port) {
  const auto address = netns::Laboratory::address(end, world.address_family(), port);
  const bool map = user_is_ours && world.settings.variant.family == Family::mapped;
  return map ? mapped(address) : address;
}

const sockaddr* generic(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr*>(&storage);
}

socklen_t length_of(const sockaddr_storage& storage) {
  return storage.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

FileDescriptor listen_at(const sockaddr_storage& address) {
  FileDescriptor listener = make_socket(address.ss_family, SOCK_STREAM, IPPROTO_TCP);
  bind_socket(listener.get(), generic(address), length_of(address));
  listen_socket(listener.get(), 1);
  return listener;
}

FileDescriptor connect_to(const sockaddr_storage& address) {
  FileDescriptor socket = make_socket(address.ss_family, SOCK_STREAM, IPPROTO_TCP);
  connect_socket(socket.get(), generic(address), length_of(address));
  return socket;
}

struct Connection {
  FileDescriptor ours, peer;
};

// Listener and connection of each end are made in its own namespace; the wire is real, so the
// blocking connect ends when the handshake has.
Connection handshake(World& world) {
  const NetworkNamespace& peer_side = world.laboratory.inside(netns::End::peer);
  Connection made;
  if (world.settings.variant.side == Side::active) {
    FileDescriptor listener;
    {
      const NetworkNamespace::Scope inside(peer_side);
      listener = listen_at(address_for(world, false, netns::End::peer, peer_port));
    }
    made.ours = connect_to(address_for(world, true, netns::End::peer, peer_port));
    made.peer = accept_socket(listener.get());
  } else {
    const FileDescriptor listener =
        listen_at(address_for(world, true, netns::End::ours, ours_port));
    {
      const NetworkNamespace::Scope inside(peer_side);
      made.peer = connect_to(address_for(world, false, netns::End::ours, ours_port));
    }
    made.ours = accept_socket(listener.get());
  }
  return made;
}

void expect(bool holds, std::string_view what, std::string_view expected, std::string_view actual) {
  if (!holds) throw Violation(what, expected, actual);
}

// A variant cannot lie: what its name says is read from the socket.
void assert_promises(const Variant& v, int socket) {
  const int domain = get_option(socket, option::domain);
  const Address local = from_sockaddr(local_address(socket));
  expect(domain == (v.family == Family::v4 ? AF_INET : AF_INET6), "domain of ours",
         to_text(v.family), fmt::format("{}", domain));
  expect(is_mapped(local) == (v.family == Family::mapped), "address of ours", to_text(v.family),
         to_text(local));
  expect((local.port == ours_port) == (v.side == Side::passive), "side of ours", to_text(v.side),
         fmt::format("port {}", local.port));
  const TcpInfo info = read_info(socket);
  expect(info.timestamps == (v.options == Options::ts), "time stamps", to_text(v.options),
         info.timestamps ? "negotiated" : "not negotiated");
  expect(info.sack, "SACK", "negotiated", "not negotiated");
  expect(info.snd_wscale != info.rcv_wscale, "window scales", "unequal",
         fmt::format("both {}", info.snd_wscale));
}

void connect_ends(World& world) {
  Connection made = handshake(world);
  set_nonblocking(made.peer.get(), true);
  set_nonblocking(made.ours.get(), true);
  // Nagle's algorithm would keep back the last piece of a write.
  set_option(made.ours.get(), option::no_delay, 1);
  set_option(made.peer.get(), option::no_delay, 1);
  assert_promises(world.settings.variant, made.ours.get());
  world.ours_endpoint = pcap::endpoint_of(local_address(made.ours.get()));
  world.peer_endpoint = pcap::endpoint_of(local_address(made.peer.get()));
  world.peer.hold(std::move(made.peer));
  world.ours.hold_in_subject(made.ours.get());
}

}  // namespace

Steps establish(const Variant& v, At at) {
  const std::string families = v.family == Family::mapped ? "IPv4 in IPv6"
                               : v.family == Family::v6   ? "IPv6"
                                                          : "IPv4";
  return {
      Step{fmt::format("establish over {}, {} connects, {} time stamps", families,
                       v.side == Side::active ? "ours" : "peer",
                       v.options == Options::ts ? "with" : "without"),
           connect_ends, at},
      ours.writes(some_bytes, at),
      peer.reads_all(at),
      peer.writes(warm_up_bytes, at),
      ours.reads_all(at),
      ours.is_in(TcpState::established, at),
      // Nothing may be in flight when the queues of the variant are filled.
      ours.has_unacked(0, at),
      peer.has_unacked(0, at),
  };
}

}  // namespace sockcr::scenario
