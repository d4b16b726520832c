// Who lives where, and the calls that make sockets there.
#pragma once

#include <netinet/in.h>
#include <functional>

#include "engine/image/address.h"
#include "engine/sys/descriptor.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {

inline constexpr std::uint16_t ours_port = 7001, peer_port = 7002;

// An address of the case's family as ours uses it (AF_INET6 for mapped ones), or as the peer does,
// who is plain IPv4 where ours is mapped. `user` uses it, and it belongs to `end`.
Address address_for(const World& world, Speaker user, netns::End end, std::uint16_t port);
// The wildcard address of ours' sockets.
Address wildcard_for(const World& world, std::uint16_t port);
// fe80::1 of ours and fe80::2 of peer, at the device with that index.
Address link_local_address(netns::End end, std::uint16_t port, std::uint32_t scope_id);
// One more address in the network of the wire, which ours may have or not.
Address second_address_for(const World& world, std::uint16_t port);

// The n-th address that a host may have besides `address`; 0 is that itself.
Address further_address(Address address, int n);

// A socket that answers EAGAIN instead of waiting, and keeps nothing back for Nagle's algorithm.
FileDescriptor make_stream_socket(int domain, int protocol);
FileDescriptor make_tcp_socket(int domain);
void bind_to(int socket, const Address& address);
FileDescriptor listen_at(
    const Address& address, int backlog,
    const std::function<void(int socket)>& prepare = [](int) {});
// Sends the SYN, or whatever the wire makes of it, and returns.
void begin_to_connect(int socket, const Address& address);
// The next one in the queue; throws SystemError (EAGAIN) when it is empty.
FileDescriptor accept_one(int listener);

Address local_end(int socket);
Address remote_end(int socket);

}  // namespace sockcr::scenario
