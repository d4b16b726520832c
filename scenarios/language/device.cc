// Sockets that keep to a device, a link or a port of their own choice.
#include <fmt/format.h>
#include <array>

#include "engine/sys/error.h"
#include "engine/sys/socket_option.h"
#include "netns/address.h"
#include "netns/neighbour.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/connect_ends.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr std::uint16_t chosen_port = 7005;

void bind_to_chosen_port(int socket) {
  const int domain = get_option(socket, option::domain);
  bind_to(socket, {.family = static_cast<std::uint16_t>(domain),
                   .bytes = {},
                   .port = chosen_port,
                   .scope_id = 0});
}

// Both sockets allow it, and neither listens.
void share_chosen_port(int socket) {
  set_option(socket, option::reuse_address, 1);
  bind_to_chosen_port(socket);
}

void connect_from_chosen_port(World& world) {
  constexpr std::uint16_t other_port = peer_port + 1;
  const Address target = address_for(world, Speaker::ours, netns::End::peer, other_port);
  const FileDescriptor socket = make_tcp_socket(target.family);
  share_chosen_port(socket.get());
  const NetworkNamespace::Scope inside(world.laboratory.inside(netns::End::peer));
  const FileDescriptor listener =
      listen_at(address_for(world, Speaker::peer, netns::End::peer, other_port), 1);
  begin_to_connect(socket.get(), target);
  FileDescriptor accepted = accept_from(world, listener);
  Conversation& talk =
      world.begin(2, local_end(socket.get()), local_end(accepted.get()), "child 2", "client 2");
  talk.peer.hold(std::move(accepted));
  talk.ours.hold_in(world.subjects[1], socket.get());
}

std::string device_of_ours() { return netns::Laboratory::device(netns::End::ours); }

}  // namespace

Special keeps_to_its_device() {
  return {.text = ", ours keeps to its device", .ours = [](int socket) {
            const std::string name = device_of_ours();
            set_option_bytes(socket, SOL_SOCKET, SO_BINDTODEVICE, "SO_BINDTODEVICE", name.data(),
                             static_cast<socklen_t>(name.size()));
          }};
}

// A second address in the same network may be the one that the kernel prefers.
Special begins_at_its_first_address() {
  return {.text = ", ours begins at its first address", .ours = [](int socket) {
            bind_to(socket, from_sockaddr(netns::Laboratory::address(
                                netns::End::ours, get_option(socket, option::domain), 0)));
          }};
}

Special binds_before_it_connects() {
  return {.text = ", ours chooses its port", .ours = bind_to_chosen_port};
}

Special shares_its_port() {
  return {.text = ", ours chooses its port and shares it", .ours = share_chosen_port};
}

Step ours_connects_again_from_its_port(At at) {
  return {"ours connects from the same port to another of peer's", connect_from_chosen_port, at};
}

Step End::is_at_the_port_of_its_choice(At at) const {
  return {fmt::format("{} is at the port of its choice", name_),
          [who = who_](World& world) {
            const Actor& actor = world.actor(who);
            const Address local = local_end(actor.borrow().get());
            if (local.port == chosen_port) return;
            throw Violation("port of " + actor.name(), fmt::format("{}", chosen_port),
                            fmt::format("{}", local.port));
          },
          at};
}

Step End::is_kept_to_its_device(At at) const {
  return {fmt::format("{} is kept to its device", name_),
          [who = who_](World& world) {
            const Actor& actor = world.actor(who);
            std::array<char, 16> now{};
            get_option_bytes(actor.borrow().get(), SOL_SOCKET, SO_BINDTODEVICE, "SO_BINDTODEVICE",
                             now.data(), now.size());
            if (device_of_ours() == now.data()) return;
            throw Violation("device of " + actor.name(), device_of_ours(), now.data());
          },
          at};
}

Step both_are_known_by_their_link(At at) {
  return {"both are known by their link-local addresses",
          [](World& world) {
            if (world.settings.moves()) {
              throw Unsupported("a link-local address where ours moves",
                                "it belongs to a device of one namespace");
            }
            for (const netns::End end : {netns::End::ours, netns::End::peer}) {
              const NetworkNamespace::Scope inside(world.laboratory.inside(end));
              const std::string device = netns::Laboratory::device(end);
              const std::string own = host_text(link_local_address(end, 0, 0));
              netns::add_address(device, own + "/64");
              netns::add_neighbour(device, host_text(link_local_address(other(end), 0, 0)),
                                   world.laboratory.mac_now(other(end)));
              netns::await_local_route(own);
            }
            world.by_link_local_addresses = true;
          },
          at, StepKind::laboratory};
}

}  // namespace sockcr::scenario
