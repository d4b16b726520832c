#include "scenarios/language/filters.h"

#include <fmt/format.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include "engine/sys/error.h"
#include "engine/sys/kernel_program.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "scenarios/language/hear_datagram.h"

namespace sockcr::scenario {
namespace {

using Code = std::vector<sock_filter>;
using Program = std::vector<bpf_insn>;

// The same filter twice.
struct Twins {
  Code classic;
  Program program;
};

constexpr std::uint32_t everything = ~0U;
constexpr std::uint8_t dropped_class = 0x20;
constexpr SocketOption<int> lock{SOL_SOCKET, SO_LOCK_FILTER, "SO_LOCK_FILTER"};

bpf_insn set_result(std::int32_t value) {
  return {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, value};
}
constexpr bpf_insn give_result{BPF_JMP | BPF_EXIT, 0, 0, 0, 0};

// The length is that of the UDP header too.
Twins long_ones_dropped(const World&) {
  constexpr std::uint8_t header = 8, most = 100;
  return {{{BPF_LD | BPF_W | BPF_LEN, 0, 0, 0},
           {BPF_JMP | BPF_JGT | BPF_K, 0, 1, header + most},
           {BPF_RET | BPF_K, 0, 0, 0},
           {BPF_RET | BPF_K, 0, 0, everything}},
          {{BPF_LDX | BPF_MEM | BPF_W, BPF_REG_0, BPF_REG_1, offsetof(__sk_buff, len), 0},
           {BPF_JMP | BPF_JGT | BPF_K, BPF_REG_0, 0, 2, header + most},
           set_result(-1),
           give_result,
           set_result(0),
           give_result}};
}

// IPv4's second byte, or the eight bits behind the version of IPv6.
Twins class_dropped(const World& world) {
  const bool v6 = world.settings.variant.family == Family::v6;
  const std::uint8_t shift = v6 ? 4 : 0;
  return {{{BPF_LD | BPF_H | BPF_ABS, 0, 0, static_cast<std::uint32_t>(SKF_NET_OFF)},
           {BPF_ALU | BPF_RSH | BPF_K, 0, 0, shift},
           {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0xff},
           {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, dropped_class},
           {BPF_RET | BPF_K, 0, 0, 0},
           {BPF_RET | BPF_K, 0, 0, everything}},
          {{BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_6, BPF_REG_1, 0, 0},  // BPF_ABS looks there
           {BPF_LD | BPF_H | BPF_ABS, 0, 0, 0, SKF_NET_OFF},
           {BPF_ALU64 | BPF_RSH | BPF_K, BPF_REG_0, 0, 0, shift},
           {BPF_ALU64 | BPF_AND | BPF_K, BPF_REG_0, 0, 0, 0xff},
           {BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_0, 0, 2, dropped_class},
           set_result(-1),
           give_result,
           set_result(0),
           give_result}};
}

std::vector<std::uint8_t> bytes_of(const Code& code) {
  std::vector<std::uint8_t> bytes(code.size() * sizeof(sock_filter));
  std::memcpy(bytes.data(), code.data(), bytes.size());
  return bytes;
}

FileDescriptor load(const Program& program) {
  try {
    return load_filter_program(program);
  } catch (const SystemError& error) {
    if (error.error_number() != EPERM && error.error_number() != ENOSYS) throw;
    throw Unsupported("an eBPF program as socket filter",
                      fmt::format("none can be loaded here ({})", error.what()));
  }
}

void attach(World& world, int socket, FilterKind kind, const Twins& filter) {
  if (kind == FilterKind::classic) {
    attach_filter(socket, bytes_of(filter.classic));
  } else {
    world.filter_program = load(filter.program);
    attach_program(socket, world.filter_program.get());
  }
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

// What a program is made of no call tells: what it drops has to.
void expect_on(int socket, FilterKind kind, const Twins& filter, const std::string& name) {
  if (has_program(socket) != (kind == FilterKind::ebpf)) {
    throw Violation("filter of " + name, kind == FilterKind::ebpf ? "an eBPF program" : "classic",
                    "another kind");
  }
  if (kind == FilterKind::classic) {
    const std::string wanted = text_of(bytes_of(filter.classic));
    const std::string actual = text_of(read_filter(socket));
    if (wanted != actual) throw Violation("filter of " + name, wanted, actual);
  }
  expect_locked(socket, name);
}

std::string article_of(FilterKind kind) {
  return kind == FilterKind::ebpf ? "an eBPF program" : "a filter";
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
  return {fmt::format("{} gets {} that drops what is longer than 100 bytes, and locks it",
                      who.name(), article_of(kind)),
          [who, kind = kind](World& world) {
            attach(world, socket_of(world, who).get(), kind, long_ones_dropped(world));
          },
          at};
}

Step LongDatagramFilter::is_on(const DatagramEnd& who, At at) const {
  return {who.name() + " has its filter, and cannot get rid of it",
          [who, kind = kind](World& world) {
            expect_on(socket_of(world, who).get(), kind, long_ones_dropped(world), who.name());
          },
          at};
}

Step ClassFilter::is_attached_to(const End& who, At at) const {
  return {fmt::format("{} gets {} that drops a traffic class, and locks it", who.name(),
                      article_of(kind)),
          [who, kind = kind](World& world) {
            attach(world, socket_of(world, who).get(), kind, class_dropped(world));
          },
          at};
}

Step ClassFilter::is_attached_to_the_listener(At at) const {
  return {fmt::format("the listener gets {} that drops a traffic class, and locks it",
                      article_of(kind)),
          [kind = kind](World& world) {
            attach(world, listener_of(world).get(), kind, class_dropped(world));
          },
          at};
}

Step ClassFilter::is_on(const End& who, At at) const {
  return {who.name() + " has its filter, and cannot get rid of it",
          [who, kind = kind](World& world) {
            expect_on(socket_of(world, who).get(), kind, class_dropped(world), who.name());
          },
          at};
}

Step ClassFilter::is_on_the_listener(At at) const {
  return {"the listener has its filter, and cannot get rid of it",
          [kind = kind](World& world) {
            expect_on(listener_of(world).get(), kind, class_dropped(world), "the listener");
          },
          at};
}

Step sends_what_is_dropped(const End& who, At at) {
  return {"what " + who.name() + " sends is of the class that the filter drops",
          [who](World& world) { set_class(world, who, dropped_class); }, at};
}

Step sends_what_is_heard(const End& who, At at) {
  return {"what " + who.name() + " sends is of the usual class again",
          [who](World& world) { set_class(world, who, 0); }, at};
}

}  // namespace sockcr::scenario
