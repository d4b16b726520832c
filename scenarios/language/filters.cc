#include "scenarios/language/filters.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <cerrno>
#include <cstring>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "scenarios/language/hear_datagram.h"

namespace sockcr::scenario {
namespace {

using Code = std::vector<sock_filter>;

constexpr std::uint32_t everything = ~0U;
constexpr std::uint32_t dropped_class = 0x20;
constexpr SocketOption<int> lock{SOL_SOCKET, SO_LOCK_FILTER, "SO_LOCK_FILTER"};

// The length is that of the UDP header too.
Code long_ones_dropped(const World&) {
  constexpr std::uint32_t header = 8, most = 100;
  return {{BPF_LD | BPF_W | BPF_LEN, 0, 0, 0},
          {BPF_JMP | BPF_JGT | BPF_K, 0, 1, header + most},
          {BPF_RET | BPF_K, 0, 0, 0},
          {BPF_RET | BPF_K, 0, 0, everything}};
}

// IPv4's second byte, or the eight bits behind the version of IPv6.
Code class_dropped(const World& world) {
  const auto header = static_cast<std::uint32_t>(SKF_NET_OFF);
  const bool v6 = world.settings.variant.family == Family::v6;
  return {{BPF_LD | BPF_H | BPF_ABS, 0, 0, header},
          {BPF_ALU | BPF_RSH | BPF_K, 0, 0, v6 ? 4U : 0U},
          {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xff},
          {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, dropped_class},
          {BPF_RET | BPF_K, 0, 0, 0},
          {BPF_RET | BPF_K, 0, 0, everything}};
}

std::vector<std::uint8_t> bytes_of(const Code& code) {
  std::vector<std::uint8_t> bytes(code.size() * sizeof(sock_filter));
  std::memcpy(bytes.data(), code.data(), bytes.size());
  return bytes;
}

void attach(int socket, const Code& code) {
  attach_filter(socket, bytes_of(code));
  set_option(socket, lock, 1);
}

std::string text_of(const std::vector<std::uint8_t>& bytes) {
  std::string text = std::to_string(bytes.size()) + " bytes:";
  for (const std::uint8_t byte : bytes) text += " " + std::to_string(byte);
  return text;
}

void expect_locked(int socket, const std::string& name) {
  const int nothing = 0;
  if (::setsockopt(socket, SOL_SOCKET, SO_DETACH_FILTER, &nothing, sizeof nothing) == 0) {
    throw Violation("whether the filter of " + name + " can be detached", "no (EPERM)", "yes");
  }
  if (errno != EPERM) throw SystemError("setsockopt", "SO_DETACH_FILTER of " + name, errno);
}

void expect_on(int socket, const Code& code, const std::string& name) {
  const std::string wanted = text_of(bytes_of(code)), actual = text_of(read_filter(socket));
  if (wanted != actual) throw Violation("filter of " + name, wanted, actual);
  expect_locked(socket, name);
}

FileDescriptor socket_of(World& world, const DatagramEnd& who) {
  return world.correspondents.at(who.name()).actor.borrow();
}
FileDescriptor socket_of(World& world, const End& who) { return world.actor(who.who()).borrow(); }
FileDescriptor listener_of(World& world) { return world.listeners.at(1).actor.borrow(); }

void set_class(World& world, const End& who, int value) {
  const bool v6 = world.address_family() == AF_INET6;
  set_option(socket_of(world, who).get(),
             SocketOption<int>{v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS,
                               "the traffic class"},
             value);
}

}  // namespace

Step LongDatagramFilter::is_attached_to(const DatagramEnd& who, At at) const {
  return {who.name() + " gets a filter that drops what is longer than 100 bytes, and locks it",
          [who](World& world) { attach(socket_of(world, who).get(), long_ones_dropped(world)); },
          at};
}

Step LongDatagramFilter::is_on(const DatagramEnd& who, At at) const {
  return {who.name() + " has its filter, byte for byte, and cannot get rid of it",
          [who](World& world) {
            expect_on(socket_of(world, who).get(), long_ones_dropped(world), who.name());
          },
          at};
}

Step ClassFilter::is_attached_to(const End& who, At at) const {
  return {who.name() + " gets a filter that drops a traffic class, and locks it",
          [who](World& world) { attach(socket_of(world, who).get(), class_dropped(world)); }, at};
}

Step ClassFilter::is_attached_to_the_listener(At at) const {
  return {"the listener gets a filter that drops a traffic class, and locks it",
          [](World& world) { attach(listener_of(world).get(), class_dropped(world)); }, at};
}

Step ClassFilter::is_on(const End& who, At at) const {
  return {who.name() + " has its filter, byte for byte, and cannot get rid of it",
          [who](World& world) {
            expect_on(socket_of(world, who).get(), class_dropped(world), who.name());
          },
          at};
}

Step ClassFilter::is_on_the_listener(At at) const {
  return {"the listener has its filter, byte for byte, and cannot get rid of it",
          [](World& world) {
            expect_on(listener_of(world).get(), class_dropped(world), "the listener");
          },
          at};
}

Step sends_what_is_dropped(const End& who, At at) {
  return {"what " + who.name() + " sends is of the class that the filter drops",
          [who](World& world) { set_class(world, who, static_cast<int>(dropped_class)); }, at};
}

Step sends_what_is_heard(const End& who, At at) {
  return {"what " + who.name() + " sends is of the usual class again",
          [who](World& world) { set_class(world, who, 0); }, at};
}

}  // namespace sockcr::scenario
