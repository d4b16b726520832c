// Sockets that keep to a device or a port of their own choice.
#include <fmt/format.h>
#include <array>

#include "engine/sys/error.h"
#include "engine/sys/socket_option.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr std::uint16_t chosen_port = 7005;

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
  return {.text = ", ours chooses its port", .ours = [](int socket) {
            const int domain = get_option(socket, option::domain);
            bind_to(socket, {.family = static_cast<std::uint16_t>(domain),
                             .bytes = {},
                             .port = chosen_port,
                             .scope_id = 0});
          }};
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

}  // namespace sockcr::scenario
