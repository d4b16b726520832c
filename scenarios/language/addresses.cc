#include "scenarios/language/addresses.h"

#include <algorithm>

#include "engine/sys/error.h"
#include "engine/sys/interface.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

namespace sockcr::scenario {
namespace {

// ::ffff:192.0.2.1 for 192.0.2.1.
Address mapped(const Address& plain) {
  Address inside{.family = AF_INET6, .bytes = {}, .port = plain.port, .scope_id = 0};
  inside.bytes[10] = inside.bytes[11] = 0xff;
  std::copy_n(plain.bytes.begin(), 4, inside.bytes.begin() + 12);
  return inside;
}

Address as_ours_uses(const World& world, const Address& plain) {
  return world.settings.variant.family == Family::mapped ? mapped(plain) : plain;
}

void make_prompt(int socket) {
  set_nonblocking(socket, true);
  set_option(socket, option::no_delay, 1);
}

std::uint32_t index_of_device(const World& world, netns::End end) {
  const NetworkNamespace::Scope inside(world.laboratory.inside(end));
  return interface_index(netns::Laboratory::device(end));
}

const sockaddr* generic(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr*>(&storage);
}

}  // namespace

Address address_for(const World& world, Speaker user, netns::End end, std::uint16_t port) {
  if (world.by_link_local_addresses) {
    const netns::End place = user == Speaker::ours ? netns::End::ours : netns::End::peer;
    return link_local_address(end, port, index_of_device(world, place));
  }
  const auto address = from_sockaddr(netns::Laboratory::address(end, world.address_family(), port));
  return user == Speaker::ours ? as_ours_uses(world, address) : address;
}

Address wildcard_for(const World& world, std::uint16_t port) {
  const bool v4 = world.settings.variant.family == Family::v4;
  return {.family = static_cast<std::uint16_t>(v4 ? AF_INET : AF_INET6),
          .bytes = {},
          .port = port,
          .scope_id = 0};
}

Address link_local_address(netns::End end, std::uint16_t port, std::uint32_t scope_id) {
  Address address{.family = AF_INET6, .bytes = {0xfe, 0x80}, .port = port, .scope_id = scope_id};
  address.bytes.back() = end == netns::End::ours ? 1 : 2;
  return address;
}

Address second_address_for(const World& world, std::uint16_t port) {
  Address address = address_for(world, Speaker::peer, netns::End::ours, port);
  address.bytes[address.family == AF_INET6 ? 15 : 3] = 77;
  return as_ours_uses(world, address);
}

Address further_address(Address address, int n) {
  if (n != 0) address.bytes[address.family == AF_INET6 ? 15 : 3] = static_cast<std::uint8_t>(8 + n);
  return address;
}

FileDescriptor make_stream_socket(int domain, int protocol) {
  FileDescriptor socket = make_socket(domain, SOCK_STREAM, protocol);
  make_prompt(socket.get());
  return socket;
}

FileDescriptor make_tcp_socket(int domain) { return make_stream_socket(domain, IPPROTO_TCP); }

void bind_to(int socket, const Address& address) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(address, storage);
  bind_socket(socket, generic(storage), length);
}

FileDescriptor listen_at(const Address& address, int backlog,
                         const std::function<void(int socket)>& prepare) {
  FileDescriptor listener = make_tcp_socket(address.family);
  prepare(listener.get());
  bind_to(listener.get(), address);
  listen_socket(listener.get(), backlog);
  return listener;
}

void begin_to_connect(int socket, const Address& address) {
  set_nonblocking(socket, true);  // an engine may have forgotten it
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(address, storage);
  const int result = ::connect(socket, generic(storage), length);
  if (result != 0 && errno != EINPROGRESS) {
    throw SystemError("connect", address_text(storage), errno);
  }
}

FileDescriptor accept_one(int listener) {
  FileDescriptor socket = accept_socket(listener);
  make_prompt(socket.get());
  return socket;
}

Address local_end(int socket) { return from_sockaddr(local_address(socket)); }
Address remote_end(int socket) { return from_sockaddr(remote_address(socket)); }

}  // namespace sockcr::scenario
