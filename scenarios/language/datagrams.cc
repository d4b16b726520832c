#include "scenarios/language/datagrams.h"

#include <fmt/format.h>
#include <linux/filter.h>
#include <netinet/udp.h>
#include <cerrno>

#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/udp/queue.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/hear_datagram.h"

namespace sockcr::scenario {
namespace {

constexpr SocketOption<int> reuse_port{SOL_SOCKET, SO_REUSEPORT, "SO_REUSEPORT"};
constexpr SocketOption<int> cork{IPPROTO_UDP, UDP_CORK, "UDP_CORK"};
constexpr auto patience = std::chrono::seconds(3);

netns::End side_of(Speaker speaker) {
  return speaker == Speaker::ours ? netns::End::ours : netns::End::peer;
}

// The address of `whose`, as `user` uses it.
Address address_of(const World& world, Speaker user, const Correspondent& whose) {
  return further_address(address_for(world, user, side_of(whose.speaker), whose.port),
                         whose.told.further);
}

FileDescriptor make_bound(const World& world, const Correspondent& who) {
  const NetworkNamespace::Scope inside(world.laboratory.inside(side_of(who.speaker)));
  const Address own = address_of(world, who.speaker, who);
  const Address address = who.told.wildcard ? wildcard_for(world, who.port) : own;
  FileDescriptor socket =
      make_socket(address.family, SOCK_DGRAM, who.told.lite ? IPPROTO_UDPLITE : IPPROTO_UDP);
  set_nonblocking(socket.get(), true);
  if (who.told.reuse_port) set_option(socket.get(), reuse_port, 1);
  if (who.told.v6_only) set_option(socket.get(), option::v6_only, 1);
  bind_to(socket.get(), address);
  return socket;
}

// A kernel without UDP-Lite is nobody's fault.
FileDescriptor make_bound_if_there_is(const World& world, const Correspondent& who) {
  try {
    return make_bound(world, who);
  } catch (const SystemError& error) {
    if (!who.told.lite || error.error_number() != EPROTONOSUPPORT) throw;
    throw Unsupported("UDP-Lite", "this kernel does not have it");
  }
}

std::string lengths_text(const std::vector<std::size_t>& lengths) {
  return lengths.size() == 1 ? fmt::format("a datagram of {} bytes", lengths.front())
                             : fmt::format("datagrams of {} bytes", fmt::join(lengths, ", "));
}

// Of a peer's every datagram differs; ours keeps the options that it is cut with.
ExpectedDatagram next_of(const World& world, Correspondent& from, const Correspondent& to,
                         std::size_t length) {
  ExpectedDatagram next{.source = address_of(world, to.speaker, from),
                        .destination = address_of(world, to.speaker, to),
                        .hop_limit = 64,
                        .traffic_class = 0,
                        .payload = from.actor.says(from.actor.written, length)};
  from.actor.written += length;
  ++from.sent;
  if (from.speaker == Speaker::ours) return next;
  next.hop_limit = 64 - from.sent;
  next.traffic_class = (from.sent * 37) & 0xff;
  return next;
}

void send_one(const World& world, const Correspondent& from, const Correspondent& to,
              const ExpectedDatagram& what) {
  const FileDescriptor socket = from.actor.borrow();
  if (from.speaker == Speaker::peer) {
    set_hop_limit_and_class(socket.get(), what.hop_limit, what.traffic_class);
  }
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(address_of(world, from.speaker, to), storage);
  call(
      "sendto",
      [&] {
        return ::sendto(socket.get(), what.payload.data(), what.payload.size(), MSG_NOSIGNAL,
                        reinterpret_cast<const sockaddr*>(&storage), length);
      },
      [&] {
        return fmt::format("{}, \"\"..., {}, 0, {}", from.actor.name(), what.payload.size(),
                           address_text(storage));
      });
}

// Of what is no conversation the kernel keeps no count but this.
std::uint32_t memory_of(const Correspondent& who) {
  const FileDescriptor socket = who.actor.borrow();
  return queue_memory(socket.get());
}

void send_and_await(World& world, Correspondent& from, Correspondent& to, std::size_t length) {
  const std::uint32_t before = memory_of(to);
  const ExpectedDatagram next = next_of(world, from, to, length);
  send_one(world, from, to, next);
  to.unread.push_back(next);
  const bool came = poll_until(world.patience(patience), [&] { return memory_of(to) > before; });
  if (came) return;
  throw Violation(fmt::format("a datagram of {} to {}", from.actor.name(), to.actor.name()),
                  "it arrives", "it is not in its queue");
}

void read_all(World& world, Correspondent& reader) {
  const FileDescriptor socket = reader.actor.borrow();
  const Hearing hearing(socket.get());
  for (ExpectedDatagram wanted : reader.unread) {
    if (wanted.to_a_group_in_round && world.round > *wanted.to_a_group_in_round) {
      wanted.hop_limit = 0;
    }
    const std::string actual = hearing.next(world.patience(patience));
    if (actual == text_of(wanted)) continue;
    throw Violation("the next datagram of " + reader.actor.name(), text_of(wanted), actual);
  }
  reader.unread.clear();
  const std::string more = hearing.next({});
  if (more == nothing_heard) return;
  throw Violation("what is left in the queue of " + reader.actor.name(), std::string(nothing_heard),
                  more);
}

Correspondent& named(World& world, const std::string& name) {
  return world.correspondents.at(name);
}

std::string peer_text(int socket) {
  try {
    return to_text(remote_end(socket));
  } catch (const SystemError&) {
    return "nobody";
  }
}

void expect(const std::string& what, const std::string& wanted, const std::string& actual) {
  if (wanted != actual) throw Violation(what, wanted, actual);
}

void is_as_told(World& world, const Correspondent& who) {
  const FileDescriptor socket = who.actor.borrow();
  const bool connected = !who.connected_to.empty();
  const Address own = address_of(world, who.speaker, who);
  const bool anywhere = who.told.wildcard && !connected;
  const std::string& name = who.actor.name();
  expect("address of " + name, to_text(anywhere ? wildcard_for(world, who.port) : own),
         to_text(local_end(socket.get())));
  expect("whom " + name + " is connected to",
         connected ? to_text(address_of(world, who.speaker, named(world, who.connected_to)))
                   : "nobody",
         peer_text(socket.get()));
  expect("whether something waits for " + name, who.unread.empty() ? "no" : "yes",
         readable_within(socket.get(), Clock::duration::zero()) ? "yes" : "no");
  expect("SO_REUSEPORT of " + name, fmt::format("{:d}", who.told.reuse_port),
         fmt::format("{}", get_option(socket.get(), reuse_port)));
}

}  // namespace

std::string DatagramBinding::text() const {
  std::string words = lite ? " UDP-Lite" : " UDP";
  words += wildcard ? " at the wildcard address" : " at its address";
  if (v6_only) words += ", IPV6_V6ONLY";
  if (reuse_port) words += ", SO_REUSEPORT";
  if (further != 0) words += " that it has besides";
  return words;
}

DatagramEnd udp::client(int number) {
  return {Speaker::peer, fmt::format("client {}", number),
          static_cast<std::uint16_t>(first_client_port + number)};
}
DatagramEnd udp::member(int number) {
  return {Speaker::ours, fmt::format("member {}", number), ours_port};
}

std::uint64_t seed_of_next(const World& world) {
  return world.settings.seed + 7919 * (world.correspondents.size() + 1);
}

void enter(World& world, const std::string& name, Correspondent made, FileDescriptor socket) {
  Correspondent& kept = world.correspondents[name] = std::move(made);
  if (kept.speaker == Speaker::ours) {
    kept.actor.hold_in(world.subjects[1], socket.get());
  } else {
    kept.actor.hold(std::move(socket));
  }
}

std::string seen_of(const Correspondent& who) {
  const FileDescriptor socket = who.actor.borrow();
  return fmt::format(
      "{}, connected to {}, {}", to_text(local_end(socket.get())), peer_text(socket.get()),
      readable_within(socket.get(), Clock::duration::zero()) ? "something waits" : "nothing waits");
}

Step DatagramEnd::binds(const DatagramBinding& how, At at) const {
  return {fmt::format("{} speaks{}", name_, how.text()),
          [how, speaker = speaker_, name = name_, port = port_](World& world) {
            Correspondent made{.actor = Actor(speaker, name, seed_of_next(world)),
                               .speaker = speaker,
                               .port = port,
                               .told = how,
                               .connected_to = "",
                               .unread = {}};
            FileDescriptor socket = make_bound_if_there_is(world, made);
            enter(world, name, std::move(made), std::move(socket));
          },
          at};
}

Step DatagramEnd::connects_to(const DatagramEnd& other, At at) const {
  return {fmt::format("{} connects to {}, without a word", name_, other.name()),
          [name = name_, to = other.name()](World& world) {
            Correspondent& who = named(world, name);
            sockaddr_storage storage{};
            const socklen_t length =
                to_sockaddr(address_of(world, who.speaker, named(world, to)), storage);
            connect_socket(who.actor.borrow().get(), reinterpret_cast<const sockaddr*>(&storage),
                           length);
            who.connected_to = to;
          },
          at};
}

Step DatagramEnd::shuts_down(At at) const {
  return {fmt::format("{} shuts down, and sends no more datagrams", name_),
          [name = name_](World& world) {
            shut_down_socket(named(world, name).actor.borrow().get(), SHUT_WR);
          },
          at};
}

Step DatagramEnd::sends(const std::vector<std::size_t>& lengths, const DatagramEnd& to,
                        At at) const {
  return {fmt::format("{} sends {} {}", name_, to.name(), lengths_text(lengths)),
          [name = name_, to = to.name(), lengths](World& world) {
            for (const std::size_t length : lengths) {
              send_and_await(world, named(world, name), named(world, to), length);
            }
          },
          at};
}

Step DatagramEnd::sends_in_vain(const std::vector<std::size_t>& lengths, const DatagramEnd& to,
                                At at) const {
  return {fmt::format("{} sends {} {}, in vain", name_, to.name(), lengths_text(lengths)),
          [name = name_, to = to.name(), lengths](World& world) {
            for (const std::size_t length : lengths) {
              Correspondent& from = named(world, name);
              Correspondent& other = named(world, to);
              send_one(world, from, other, next_of(world, from, other, length));
            }
          },
          at};
}

Step DatagramEnd::cannot_send(const DatagramEnd& to, int error_number, At at) const {
  return {
      fmt::format("{} cannot send to {}: {}", name_, to.name(), ::strerrorname_np(error_number)),
      [name = name_, to = to.name(), error_number](World& world) {
        const std::string what = fmt::format("{} sends to {}", name, to);
        try {
          Correspondent& from = named(world, name);
          Correspondent& other = named(world, to);
          ExpectedDatagram any;
          any.payload = {'?'};
          send_one(world, from, other, any);
        } catch (const SystemError& error) {
          if (error.error_number() == error_number) return;
          throw;
        }
        throw Violation(what, ::strerrorname_np(error_number), "it was sent");
      },
      at};
}

Step DatagramEnd::reads_all(At at) const {
  return {fmt::format("{} reads every datagram that came, and no other", name_),
          [name = name_](World& world) { read_all(world, named(world, name)); }, at};
}

Step DatagramEnd::is_as_it_was_told(At at) const {
  return {fmt::format("{} is where it was told to be", name_),
          [name = name_](World& world) { is_as_told(world, named(world, name)); }, at};
}

Step DatagramEnd::begins_a_datagram(std::size_t bytes, bool by_option, At at) const {
  return {fmt::format("{} begins a datagram with {} bytes, by {}", name_, bytes,
                      by_option ? "UDP_CORK" : "MSG_MORE"),
          [name = name_, bytes, by_option](World& world) {
            Correspondent& who = named(world, name);
            Actor& actor = who.actor;
            const FileDescriptor socket = actor.borrow();
            who.begun = bytes;
            if (by_option) set_option(socket.get(), cork, 1);
            send_bytes(socket.get(), actor.says(actor.written, bytes), by_option ? 0 : MSG_MORE);
          },
          at};
}

Step DatagramEnd::ends_its_datagram(std::size_t bytes, const DatagramEnd& to, At at) const {
  return {fmt::format("{} ends its datagram with the rest of {} bytes", name_, bytes),
          [name = name_, to = to.name(), bytes](World& world) {
            Correspondent& from = named(world, name);
            Correspondent& other = named(world, to);
            const FileDescriptor socket = from.actor.borrow();
            const ExpectedDatagram whole = next_of(world, from, other, from.begun + bytes);
            send_bytes(socket.get(), std::span(whole.payload).subspan(from.begun), 0);
            set_option(socket.get(), cork, 0);
            other.unread.push_back(whole);
          },
          at};
}

Step DatagramEnd::chooses_place(int place, At at) const {
  return {fmt::format("{} is told to give every datagram to place {}", name_, place),
          [name = name_, place](World& world) {
            sock_filter code[] = {{BPF_RET | BPF_K, 0, 0, static_cast<std::uint32_t>(place)}};
            const sock_fprog program{.len = 1, .filter = code};
            set_option_bytes(named(world, name).actor.borrow().get(), SOL_SOCKET,
                             SO_ATTACH_REUSEPORT_CBPF, "SO_ATTACH_REUSEPORT_CBPF", &program,
                             sizeof program);
          },
          at};
}

Step DatagramEnd::lets_its_group_choose_freely(At at) const {
  return {"the group chooses freely again",
          [name = name_](World& world) {
            const int nothing = 0;
            set_option_bytes(named(world, name).actor.borrow().get(), SOL_SOCKET,
                             SO_DETACH_REUSEPORT_BPF, "SO_DETACH_REUSEPORT_BPF", &nothing,
                             sizeof nothing);
          },
          at};
}

Step DatagramEnd::closes(At at) const {
  return {fmt::format("{} closes its socket of datagrams", name_),
          [name = name_](World& world) { named(world, name).actor.close(); }, at};
}

}  // namespace sockcr::scenario
