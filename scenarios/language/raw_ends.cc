#include "scenarios/language/raw_ends.h"

#include <fmt/format.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/udp/queue.h"
#include "netns/address.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/hear_datagram.h"
#include "scenarios/language/raw_packets.h"

namespace sockcr::scenario {
namespace {

constexpr auto patience = std::chrono::seconds(3);
using Bytes = std::vector<std::uint8_t>;

int protocol_of(const World& world, bool icmp) {
  if (!icmp) return spare_protocol;
  return is_ipv6(world) ? int{IPPROTO_ICMPV6} : int{IPPROTO_ICMP};
}

netns::End side_of(Speaker speaker) {
  return speaker == Speaker::ours ? netns::End::ours : netns::End::peer;
}

Address host_of(const World& world, const Correspondent& who) {
  return further_address(address_for(world, Speaker::peer, side_of(who.speaker), 0),
                         who.told.further);
}

Correspondent& named(World& world, const std::string& name) {
  return world.correspondents.at(name);
}

sockaddr_storage storage_of(const Address& address) {
  sockaddr_storage storage{};
  to_sockaddr(address, storage);
  return storage;
}

const sockaddr* generic(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr*>(&storage);
}

socklen_t length_of(const Address& address) {
  return address.family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

// What raises a bit may not pass.
void drop_all_but_replies(const World& world, int socket) {
  constexpr int echo_reply_of_ipv4 = 0;
  if (is_ipv6(world)) {
    icmp6_filter filter{};
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    set_option_bytes(socket, IPPROTO_ICMPV6, ICMP6_FILTER, "ICMPV6_FILTER", &filter, sizeof filter);
    return;
  }
  set_option(socket, SocketOption<std::uint32_t>{SOL_RAW, 1, "ICMP_FILTER"},
             ~(std::uint32_t{1} << echo_reply_of_ipv4));
}

ExpectedDatagram next_of(const World& world, Correspondent& from, const Correspondent& to,
                         std::size_t length, bool reply = true) {
  Bytes content = from.actor.says(from.actor.written, length);
  from.actor.written += length;
  ++from.sent;
  ExpectedDatagram next{.source = host_of(world, from),
                        .destination = host_of(world, to),
                        .hop_limit = from.speaker == Speaker::ours ? 64 : 64 - from.sent,
                        .traffic_class = 0,
                        .payload = std::move(content)};
  if (from.told.icmp) next.payload = icmp_of(world, next.payload, reply);
  return next;
}

void send(const World& world, const Correspondent& from, const Correspondent& to,
          const Bytes& bytes) {
  const FileDescriptor socket = from.actor.borrow();
  const Address host = host_of(world, to);
  const sockaddr_storage storage = storage_of(host);
  call(
      "sendto",
      [&] {
        return ::sendto(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL, generic(storage),
                        length_of(host));
      },
      [&] { return fmt::format("{}, to {}", from.actor.name(), host_text(host)); });
}

void send_as(const World& world, const Correspondent& from, const Correspondent& to,
             const ExpectedDatagram& what) {
  if (from.speaker == Speaker::peer) {
    set_hop_limit_and_class(from.actor.borrow().get(), what.hop_limit, what.traffic_class);
  }
  send(world, from, to, what.payload);
}

void await_growth(const World& world, const Correspondent& to, std::uint32_t before) {
  const FileDescriptor socket = to.actor.borrow();
  const auto has_come = [&] { return queue_memory(socket.get()) > before; };
  if (poll_until(world.patience(patience), has_come)) return;
  throw Violation("a packet to " + to.actor.name(), "it arrives", "it is not in its queue");
}

std::uint32_t memory_of(const Correspondent& who) { return queue_memory(who.actor.borrow().get()); }

void read_all(World& world, Correspondent& reader) {
  const FileDescriptor socket = reader.actor.borrow();
  const PacketHearing hearing(socket.get(), reader.told.icmp);
  for (const ExpectedDatagram& one : reader.unread) {
    const std::string wanted = text_of_packet(one);
    const std::string actual = hearing.next(world.patience(patience));
    if (wanted == actual) continue;
    throw Violation("the next packet of " + reader.actor.name(), wanted, actual);
  }
  reader.unread.clear();
  const std::string more = hearing.next({});
  if (more == nothing_heard) return;
  throw Violation("what is left in the queue of " + reader.actor.name(), std::string(nothing_heard),
                  more);
}

FileDescriptor make_raw(const World& world, const Correspondent& who, bool bound) {
  const NetworkNamespace::Scope inside(world.laboratory.inside(side_of(who.speaker)));
  FileDescriptor socket =
      make_socket(is_ipv6(world) ? AF_INET6 : AF_INET, SOCK_RAW, protocol_of(world, who.told.icmp));
  set_nonblocking(socket.get(), true);
  if (who.told.further != 0) {
    const std::string host = host_text(host_of(world, who));
    netns::add_address(netns::Laboratory::device(netns::End::peer),
                       host + (is_ipv6(world) ? "/64" : "/24"));
    netns::await_local_route(host);
  }
  if (bound || who.speaker == Speaker::peer) bind_to(socket.get(), host_of(world, who));
  if (who.told.icmp && who.speaker == Speaker::peer) drop_all_but_replies(world, socket.get());
  return socket;
}

Step setting(const std::string& name, std::string text, std::function<void(World&, int)> set,
             At at) {
  return {name + " " + std::move(text),
          [name, set = std::move(set)](World& world) {
            set(world, named(world, name).actor.borrow().get());
          },
          at};
}

}  // namespace

std::string RawBinding::text() const {
  return fmt::format("{}{}", icmp ? "ICMP" : "protocol 253", bound ? ", at its address" : "");
}

Step RawEnd::opens(const RawBinding& how, At at) const {
  return {fmt::format("{} opens a raw socket of {}", name_, how.text()),
          [how, speaker = speaker_, name = name_](World& world) {
            Correspondent made{
                .actor = Actor(speaker, name, seed_of_next(world)),
                .speaker = speaker,
                .told = {.further = name == raw::client.name() ? 1 : 0, .icmp = how.icmp},
                .connected_to = "",
                .unread = {}};
            FileDescriptor socket = make_raw(world, made, how.bound);
            enter(world, name, std::move(made), std::move(socket));
          },
          at};
}

Step RawEnd::connects_to(const RawEnd& other, At at) const {
  return {fmt::format("{} connects to {}, without a word", name_, other.name()),
          [name = name_, to = other.name()](World& world) {
            const Address host = host_of(world, named(world, to));
            const sockaddr_storage storage = storage_of(host);
            connect_socket(named(world, name).actor.borrow().get(), generic(storage),
                           length_of(host));
          },
          at};
}

Step RawEnd::sends(const std::vector<std::size_t>& lengths, const RawEnd& to, At at) const {
  return {
      fmt::format("{} sends {} packets with {} bytes", name_, to.name(), fmt::join(lengths, ", ")),
      [name = name_, to = to.name(), lengths](World& world) {
        for (const std::size_t length : lengths) {
          Correspondent& from = named(world, name);
          Correspondent& other = named(world, to);
          const std::uint32_t before = memory_of(other);
          ExpectedDatagram next = next_of(world, from, other, length);
          if (from.sends_options) next.options = option_bytes;
          send_as(world, from, other, next);
          other.unread.push_back(next);
          await_growth(world, other, before);
        }
      },
      at};
}

Step RawEnd::sends_in_vain(const std::vector<std::size_t>& lengths, const RawEnd& to, At at) const {
  return {fmt::format("{} sends {} packets with {} bytes, in vain", name_, to.name(),
                      fmt::join(lengths, ", ")),
          [name = name_, to = to.name(), lengths](World& world) {
            for (const std::size_t length : lengths) {
              Correspondent& from = named(world, name);
              Correspondent& other = named(world, to);
              send_as(world, from, other, next_of(world, from, other, length));
            }
          },
          at};
}

Step RawEnd::sends_what_is_filtered(std::size_t length, const RawEnd& to, At at) const {
  return {fmt::format("{} sends {} a message of ICMP that its filter drops", name_, to.name()),
          [name = name_, to = to.name(), length](World& world) {
            Correspondent& from = named(world, name);
            Correspondent& other = named(world, to);
            send_as(world, from, other, next_of(world, from, other, length, /*reply=*/false));
          },
          at};
}

Step RawEnd::sends_with_its_own_header(std::size_t length, const RawEnd& to, At at) const {
  return {fmt::format("{} sends {} a packet with a header of its own", name_, to.name()),
          [name = name_, to = to.name(), length](World& world) {
            Correspondent& from = named(world, name);
            Correspondent& other = named(world, to);
            ExpectedDatagram next = next_of(world, from, other, length);
            next.hop_limit = own_hops;
            next.traffic_class = own_class;
            send(world, from, other, with_own_header(world, next));
            other.unread.push_back(next);
          },
          at};
}

Step RawEnd::cannot_send(const RawEnd& to, int error_number, At at) const {
  return {
      fmt::format("{} cannot send to {}: {}", name_, to.name(), ::strerrorname_np(error_number)),
      [name = name_, to = to.name(), error_number](World& world) {
        try {
          const Bytes any = with_own_header(world, {.source = host_of(world, named(world, name)),
                                                    .destination = host_of(world, named(world, to)),
                                                    .payload = {'?'}});
          send(world, named(world, name), named(world, to), any);
        } catch (const SystemError& error) {
          if (error.error_number() == error_number) return;
          throw;
        }
        throw Violation(fmt::format("{} sends to {}", name, to), ::strerrorname_np(error_number),
                        "it was sent");
      },
      at};
}

Step RawEnd::reads_all(At at) const {
  return {name_ + " reads every packet that came, and no other",
          [name = name_](World& world) { read_all(world, named(world, name)); }, at};
}

Step RawEnd::includes_headers(At at) const {
  return setting(
      name_, "writes IP headers itself from here on",
      [](World& world, int socket) {
        const SocketOption<int> of_ipv4{IPPROTO_IP, IP_HDRINCL, "IP_HDRINCL"};
        const SocketOption<int> of_ipv6{IPPROTO_IPV6, 36, "IPV6_HDRINCL"};
        set_option(socket, is_ipv6(world) ? of_ipv6 : of_ipv4, 1);
      },
      at);
}

Step RawEnd::filters_icmp(At at) const {
  return setting(name_, "hears nothing of ICMP but echo replies", drop_all_but_replies, at);
}

Step RawEnd::sends_options(At at) const {
  return {name_ + " asks every packet to record its route (IP_OPTIONS)",
          [name = name_](World& world) {
            Correspondent& who = named(world, name);
            const std::array<std::uint8_t, option_bytes> record_route{7, 7, 4};
            set_option_bytes(who.actor.borrow().get(), IPPROTO_IP, IP_OPTIONS, "IP_OPTIONS",
                             record_route.data(), record_route.size());
            who.sends_options = true;
          },
          at};
}

Step RawEnd::takes_router_alerts(At at) const {
  return setting(
      name_, "shall be told of router alerts",
      [](World&, int socket) {
        set_option(socket, SocketOption<int>{IPPROTO_IP, IP_ROUTER_ALERT, "IP_ROUTER_ALERT"}, 1);
      },
      at);
}

Step RawEnd::is_told_of_router_alerts(At at) const {
  return setting(
      name_, "is told of router alerts",
      [name = name_](World&, int socket) {
        const int on = 1;
        const int result = ::setsockopt(socket, IPPROTO_IP, IP_ROUTER_ALERT, &on, sizeof on);
        if (result < 0 && errno == EADDRINUSE) return;  // it stands in the list already
        throw Violation("IP_ROUTER_ALERT of " + name, "EADDRINUSE, for it is on",
                        result == 0 ? "it was off" : ::strerrorname_np(errno));
      },
      at);
}

Step RawEnd::closes(At at) const {
  return {name_ + " closes its raw socket",
          [name = name_](World& world) { named(world, name).actor.close(); }, at};
}

}  // namespace sockcr::scenario
