#include <fmt/format.h>
#include <linux/filter.h>
#include <sys/stat.h>

#include "engine/process/diag.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/await.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr SocketOption<int> reuse_port{SOL_SOCKET, SO_REUSEPORT, "SO_REUSEPORT"};
constexpr SocketOption<int> freebind{IPPROTO_IP, IP_FREEBIND, "IP_FREEBIND"};
constexpr SocketOption<int> freebind_v6{IPPROTO_IPV6, 78, "IPV6_FREEBIND"};
constexpr SocketOption<int> defer_accept{IPPROTO_TCP, TCP_DEFER_ACCEPT, "TCP_DEFER_ACCEPT"};
constexpr SocketOption<int> fast_open{IPPROTO_TCP, TCP_FASTOPEN, "TCP_FASTOPEN"};

Address address_of(const World& world, const Listening& how) {
  if (how.wildcard) return wildcard_for(world, ours_port);
  if (how.second_address) return second_address_for(world, ours_port);
  return address_for(world, Speaker::ours, netns::End::ours, ours_port);
}

const SocketOption<int>& freebind_of(const Address& address) {
  return address.family == AF_INET6 ? freebind_v6 : freebind;
}

FileDescriptor make_listener(const Address& address, const Listening& how) {
  FileDescriptor socket = make_tcp_socket(address.family);
  if (how.reuse_port) set_option(socket.get(), reuse_port, 1);
  if (how.freebind) set_option(socket.get(), freebind_of(address), 1);
  if (how.v6_only) set_option(socket.get(), option::v6_only, 1);
  if (how.defer_accept != 0) set_option(socket.get(), defer_accept, how.defer_accept);
  if (how.fast_open != 0) set_option(socket.get(), fast_open, how.fast_open);
  bind_to(socket.get(), address);
  listen_socket(socket.get(), how.backlog);
  return socket;
}

// What sock_diag tells of this very socket: members of a group have the same address.
TcpDiag diag_of(int socket) {
  struct stat status {};
  if (::fstat(socket, &status) != 0) throw SystemError("fstat", "a listener", errno);
  for (const TcpDiag& diag : dump_tcp()) {
    if (diag.inode == status.st_ino) return diag;
  }
  throw Violation("a listener", "known to sock_diag", "it is not there");
}

void expect(const std::string& name, std::string_view what, std::int64_t told, std::int64_t now) {
  if (told == now) return;
  throw Violation(fmt::format("{} of {}", what, name), fmt::format("{}", told),
                  fmt::format("{}", now));
}

void is_as_told(const Listener& listener) {
  const std::string& name = listener.actor.name();
  const Listening& told = listener.told;
  const FileDescriptor socket = listener.actor.borrow();
  const TcpDiag diag = diag_of(socket.get());
  const Address now = local_end(socket.get());
  if (diag.state != TcpState::listen || now != listener.address) {
    throw Violation(name, fmt::format("LISTEN at {}", to_text(listener.address)),
                    fmt::format("{} at {}", to_text(diag.state), to_text(now)));
  }
  expect(name, "backlog", told.backlog, diag.send_queue);
  expect(name, "SO_REUSEPORT", told.reuse_port, get_option(socket.get(), reuse_port));
  expect(name, "IP_FREEBIND", told.freebind, get_option(socket.get(), freebind_of(now)));
  expect(name, "TCP_DEFER_ACCEPT", told.defer_accept, get_option(socket.get(), defer_accept));
  expect(name, "TCP_FASTOPEN", told.fast_open, get_option(socket.get(), fast_open));
  if (now.family == AF_INET6 && told.wildcard) {
    expect(name, "IPV6_V6ONLY", told.v6_only, get_option(socket.get(), option::v6_only));
  }
}

FileDescriptor accept_next(World& world, const Actor& listener) {
  const FileDescriptor socket = listener.borrow();
  await(
      world, fmt::format("connections that {} can accept", listener.name()), "1",
      [&] { return readable_within(socket.get(), Clock::duration::zero()); },
      [] { return std::string("none"); });
  return accept_one(socket.get());
}

// A classic BPF program that gives every client to one member of the group.
void choose_by_place(int socket, int place) {
  sock_filter code[] = {{BPF_RET | BPF_K, 0, 0, static_cast<std::uint32_t>(place)}};
  const sock_fprog program{.len = 1, .filter = code};
  set_option_bytes(socket, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, "SO_ATTACH_REUSEPORT_CBPF",
                   &program, sizeof program);
}

}  // namespace

std::string Listening::text() const {
  std::string words = fmt::format(" with a backlog of {}", backlog);
  if (wildcard) words += ", at the wildcard address";
  if (second_address) words += ", at its second address";
  if (v6_only) words += ", IPV6_V6ONLY";
  if (freebind) words += ", IP_FREEBIND";
  if (reuse_port) words += ", SO_REUSEPORT";
  if (defer_accept != 0) words += ", TCP_DEFER_ACCEPT";
  if (fast_open != 0) words += ", TCP_FASTOPEN";
  return words;
}

ListeningEnd member(int number) { return {number, fmt::format("member {}", number)}; }

Step ListeningEnd::listens(const Listening& how, At at) const {
  return {fmt::format("{} listens{}", name_, how.text()),
          [how, number = number_, name = name_](World& world) {
            const Address address = address_of(world, how);
            const FileDescriptor socket = make_listener(address, how);
            Listener& made = world.listeners[number];
            made = {Actor(Speaker::ours, name, 0), how, address};
            made.actor.hold_in(world.subjects[1], socket.get());
          },
          at};
}

Step ListeningEnd::is_listening(At at) const {
  return {fmt::format("{} listens as it was told", name_),
          [number = number_](World& world) { is_as_told(world.listeners.at(number)); }, at};
}

Step ListeningEnd::has_waiting(std::size_t children, At at) const {
  return {fmt::format("{} wait in the queue of {}", children, name_),
          [children, number = number_](World& world) {
            const Actor& actor = world.listeners.at(number).actor;
            const FileDescriptor socket = actor.borrow();
            await(
                world, fmt::format("children waiting in the queue of {}", actor.name()),
                fmt::format("{}", children),
                [&] { return diag_of(socket.get()).receive_queue == children; },
                [&] { return fmt::format("{}", diag_of(socket.get()).receive_queue); });
          },
          at};
}

Step ListeningEnd::accepts(const End& client, At at) const {
  return {fmt::format("{} accepts {}", name_, client.name()),
          [client, number = number_](World& world) {
            Conversation& talk = world.conversation(client.who().conversation);
            const Actor& actor = world.listeners.at(number).actor;
            const FileDescriptor socket = accept_next(world, actor);
            const Address from = unmapped(remote_end(socket.get()));
            if (from != talk.peer_address) {
              throw Violation("whom " + actor.name() + " accepts", to_text(talk.peer_address),
                              to_text(from));
            }
            talk.ours.hold_in(world.subjects[1], socket.get());
          },
          at};
}

Step ListeningEnd::accepts_what_was_reset(const End& client, At at) const {
  return {
      fmt::format("{} accepts what {} has reset", name_, client.name()),
      [client, number = number_](World& world) {
        const FileDescriptor socket = accept_next(world, world.listeners.at(number).actor);
        world.conversation(client.who().conversation).ours.hold_in(world.subjects[1], socket.get());
      },
      at};
}

Step ListeningEnd::closes(At at) const {
  return {fmt::format("{} closes", name_),
          [number = number_](World& world) {
            world.listeners.at(number).actor.close();
            world.listeners.erase(number);
          },
          at};
}

Step ListeningEnd::is_chosen_by_place(int place, At at) const {
  return {fmt::format("{} is told to give every client to place {}", name_, place),
          [place, number = number_](World& world) {
            choose_by_place(world.listeners.at(number).actor.borrow().get(), place);
          },
          at};
}

Step group_chooses_freely(At at) {
  return {"the group chooses freely again",
          [](World& world) {
            const int nothing = 0;
            const FileDescriptor socket = world.listeners.at(1).actor.borrow();
            set_option_bytes(socket.get(), SOL_SOCKET, SO_DETACH_REUSEPORT_BPF,
                             "SO_DETACH_REUSEPORT_BPF", &nothing, sizeof nothing);
          },
          at};
}

}  // namespace sockcr::scenario
