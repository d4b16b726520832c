#include "scenarios/language/groups.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <array>
#include <cstring>

#include "engine/image/decode.h"
#include "engine/sys/error.h"
#include "engine/sys/interface.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/udp/queue.h"
#include "netns/address.h"
#include "scenarios/language/addresses.h"
#include "scenarios/language/hear_datagram.h"

namespace sockcr::scenario {
namespace {

constexpr int number_of_senders = 3;
constexpr auto patience = std::chrono::seconds(3);
constexpr std::array<std::uint8_t, 4> nobodys_address{192, 0, 2, 250};

bool is_v6(const World& world) { return world.settings.variant.family == Family::v6; }

// As it stands on the wire.
Address address_of(const World& world, int group) {
  Address address{.family = AF_INET, .bytes = {239, 1, 0}, .port = udp::ours_port};
  if (is_v6(world)) {
    address.family = AF_INET6;
    address.bytes = {0xff, 0x15};
    address.bytes[13] = 1;
  }
  address.bytes[is_v6(world) ? 15 : 3] = static_cast<std::uint8_t>(group);
  return address;
}

sockaddr_storage storage_of(const Address& address) {
  sockaddr_storage storage{};
  to_sockaddr(address, storage);
  return storage;
}

Correspondent& sender(World& world, int number) {
  return world.correspondents.at(udp::client(number).name());
}

Address source_of(const World& world, const Correspondent& sender) {
  return further_address(address_for(world, Speaker::peer, netns::End::peer, sender.port),
                         sender.told.further);
}

bool hears(HeardFrom from, int sender) {
  switch (from) {
    case HeardFrom::all:
      return true;
    case HeardFrom::the_first_only:
      return sender == 1;
    case HeardFrom::all_but_the_second:
      return sender != 2;
  }
  return false;
}

std::string text_of(HeardFrom from) {
  switch (from) {
    case HeardFrom::all:
      return "from all senders";
    case HeardFrom::the_first_only:
      return "from the first sender only";
    case HeardFrom::all_but_the_second:
      return "from all senders but the second";
  }
  return "";
}

unsigned device_of(const World& world, netns::End end) {
  const NetworkNamespace::Scope inside(world.laboratory.inside(end));
  return interface_index(netns::Laboratory::device(end));
}

int level_of(const World& world) { return is_v6(world) ? IPPROTO_IPV6 : IPPROTO_IP; }

// `command`: one of those of RFC 3678.
void with_source(const World& world, int socket, int command, const char* name, int group,
                 const Address& source) {
  group_source_req request{};
  request.gsr_interface = device_of(world, netns::End::ours);
  request.gsr_group = storage_of(address_of(world, group));
  request.gsr_source = storage_of(source);
  set_option_bytes(socket, level_of(world), command, name, &request, sizeof request);
}

void join_all(const World& world, int socket, int group) {
  group_req request{};
  request.gr_interface = device_of(world, netns::End::ours);
  request.gr_group = storage_of(address_of(world, group));
  set_option_bytes(socket, level_of(world), MCAST_JOIN_GROUP, "MCAST_JOIN_GROUP", &request,
                   sizeof request);
}

void join(World& world, Correspondent& who, int group, HeardFrom from) {
  const FileDescriptor socket = who.actor.borrow();
  const auto source = [&](int number) {
    Address host = source_of(world, sender(world, number));
    host.port = 0;
    return host;
  };
  if (from == HeardFrom::the_first_only) {
    with_source(world, socket.get(), MCAST_JOIN_SOURCE_GROUP, "MCAST_JOIN_SOURCE_GROUP", group,
                source(1));
  } else {
    join_all(world, socket.get(), group);
  }
  if (from == HeardFrom::all_but_the_second) {
    with_source(world, socket.get(), MCAST_BLOCK_SOURCE, "MCAST_BLOCK_SOURCE", group, source(2));
  }
  who.groups[group] = from;
}

// IPv4 means the device of that index, and remembers the address all the same.
void join_by(const World& world, int socket, int group, unsigned interface) {
  const Address address = address_of(world, group);
  if (is_v6(world)) {
    ipv6_mreq request{};
    std::memcpy(&request.ipv6mr_multiaddr, address.bytes.data(), 16);
    request.ipv6mr_interface = interface;
    set_option_bytes(socket, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, "IPV6_ADD_MEMBERSHIP", &request,
                     sizeof request);
    return;
  }
  ip_mreqn request{};
  std::memcpy(&request.imr_multiaddr, address.bytes.data(), 4);
  std::memcpy(&request.imr_address, nobodys_address.data(), 4);
  request.imr_ifindex = static_cast<int>(interface);
  set_option_bytes(socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, "IP_ADD_MEMBERSHIP", &request,
                   sizeof request);
}

void leave_the_first(const World& world, int socket, int group) {
  const Address address = address_of(world, group);
  if (is_v6(world)) {
    ipv6_mreq request{};
    std::memcpy(&request.ipv6mr_multiaddr, address.bytes.data(), 16);
    set_option_bytes(socket, IPPROTO_IPV6, IPV6_DROP_MEMBERSHIP, "IPV6_DROP_MEMBERSHIP", &request,
                     sizeof request);
    return;
  }
  ip_mreqn request{};
  std::memcpy(&request.imr_multiaddr, address.bytes.data(), 4);
  std::memcpy(&request.imr_address, nobodys_address.data(), 4);
  set_option_bytes(socket, IPPROTO_IP, IP_DROP_MEMBERSHIP, "IP_DROP_MEMBERSHIP", &request,
                   sizeof request);
}

bool is_member(const World& world, int socket, int group, unsigned interface) {
  group_filter question{};
  question.gf_interface = interface;
  question.gf_group = storage_of(address_of(world, group));
  socklen_t length = sizeof question;
  return ::getsockopt(socket, level_of(world), MCAST_MSFILTER, &question, &length) == 0;
}

// Of what was restored at last; true where nothing was cut.
bool order_is_known(const World& world) {
  for (const Parcel& parcel : world.parcels) {
    for (const Socket& socket : decode(parcel.image).sockets) {
      const auto* udp = std::get_if<UdpSocket>(&socket);
      if (udp != nullptr && !udp->memberships.empty() && !udp->in_kernel_order) return false;
    }
  }
  return true;
}

void expect_left_at_lo(World& world, Correspondent& who, int group) {
  if (!order_is_known(world)) return world.tell("without BPF nobody knows the order");
  constexpr unsigned lo = 1;
  const FileDescriptor socket = who.actor.borrow();
  leave_the_first(world, socket.get(), group);
  const auto at = [&](unsigned interface) {
    return is_member(world, socket.get(), group, interface) ? "a member" : "no member";
  };
  const std::string left =
      fmt::format("{} by lo, {} by the wire", at(lo), at(device_of(world, netns::End::ours)));
  if (left == "no member by lo, a member by the wire") return;
  throw Violation("which membership " + who.actor.name() + " has left",
                  "no member by lo, a member by the wire", left);
}

void send_to_group(World& world, Correspondent& from, int group, const ExpectedDatagram& what) {
  const FileDescriptor socket = from.actor.borrow();
  const ip_mreqn device{.imr_multiaddr = {},
                        .imr_address = {},
                        .imr_ifindex = static_cast<int>(device_of(world, netns::End::peer))};
  if (is_v6(world)) {
    set_option(socket.get(),
               SocketOption<int>{IPPROTO_IPV6, IPV6_MULTICAST_IF, "IPV6_MULTICAST_IF"},
               device.imr_ifindex);
    set_option(socket.get(),
               SocketOption<int>{IPPROTO_IPV6, IPV6_MULTICAST_HOPS, "IPV6_MULTICAST_HOPS"},
               what.hop_limit);
  } else {
    set_option(socket.get(), SocketOption<ip_mreqn>{IPPROTO_IP, IP_MULTICAST_IF, "IP_MULTICAST_IF"},
               device);
    set_option(socket.get(), SocketOption<int>{IPPROTO_IP, IP_MULTICAST_TTL, "IP_MULTICAST_TTL"},
               what.hop_limit);
  }
  const Address to = address_of(world, group);
  const sockaddr_storage storage = storage_of(to);
  call(
      "sendto",
      [&] {
        return ::sendto(socket.get(), what.payload.data(), what.payload.size(), MSG_NOSIGNAL,
                        reinterpret_cast<const sockaddr*>(&storage), sizeof storage);
      },
      [&] { return fmt::format("{}, to {}", from.actor.name(), to_text(to)); });
}

ExpectedDatagram next_of(const World& world, Correspondent& from, int group) {
  constexpr std::size_t length = 20;
  ExpectedDatagram next{.source = source_of(world, from),
                        .destination = address_of(world, group),
                        .hop_limit = 32 - ++from.sent % 16,
                        .traffic_class = 0,
                        .payload = from.actor.says(from.actor.written, length),
                        .to_a_group_in_round = world.round};
  from.actor.written += length;
  return next;
}

// One after the other; what no membership lets through comes before what one does, and has come
// when that is there.
void send_to_all(World& world, int groups, bool arrives) {
  Correspondent& ours = world.correspondents.at(udp::ours.name());
  const FileDescriptor socket = ours.actor.borrow();
  for (int group = groups; group >= 1; --group) {
    for (int number = number_of_senders; number >= 1; --number) {
      const std::uint32_t before = queue_memory(socket.get());
      const ExpectedDatagram next = next_of(world, sender(world, number), group);
      send_to_group(world, sender(world, number), group, next);
      const auto joined = ours.groups.find(group);
      if (!arrives || joined == ours.groups.end() || !hears(joined->second, number)) continue;
      ours.unread.push_back(next);
      const auto has_come = [&] { return queue_memory(socket.get()) > before; };
      if (poll_until(world.patience(patience), has_come)) continue;
      throw Violation(fmt::format("what sender {} has sent to group {}", number, group),
                      "ours hears it", "it does not come");
    }
  }
}

void give_the_peer_addresses(const World& world) {
  const NetworkNamespace::Scope inside(world.laboratory.inside(netns::End::peer));
  for (int further = 1; further < number_of_senders; ++further) {
    const Address host =
        further_address(address_for(world, Speaker::peer, netns::End::peer, 0), further);
    netns::add_address(netns::Laboratory::device(netns::End::peer),
                       host_text(host) + (is_v6(world) ? "/64" : "/24"));
    netns::await_local_route(host_text(host));
  }
}

}  // namespace

Step Group::is_joined_by(const DatagramEnd& who, HeardFrom from, At at) const {
  return {fmt::format("{} joins group {}, to hear it {}", who.name(), number_, text_of(from)),
          [name = who.name(), group = number_, from](World& world) {
            join(world, world.correspondents.at(name), group, from);
          },
          at};
}

Step Group::is_joined_twice_by(const DatagramEnd& who, At at) const {
  return {fmt::format("{} joins group {} by the wire, and then by lo too", who.name(), number_),
          [name = who.name(), group = number_](World& world) {
            Correspondent& joining = world.correspondents.at(name);
            const FileDescriptor socket = joining.actor.borrow();
            constexpr unsigned lo = 1;
            join_by(world, socket.get(), group, device_of(world, netns::End::ours));
            join_by(world, socket.get(), group, lo);
            joining.groups[group] = HeardFrom::all;
          },
          at};
}

Step Group::is_left_where_it_was_joined_last_by(const DatagramEnd& who, At at) const {
  return {fmt::format("{} leaves group {}, and means the membership that is found first",
                      who.name(), number_),
          [name = who.name(), group = number_](World& world) {
            expect_left_at_lo(world, world.correspondents.at(name), group);
          },
          at};
}

Steps senders_speak(bool lite, At at) {
  Steps steps{
      Step{"peer gets two addresses more", give_the_peer_addresses, at, StepKind::laboratory}};
  for (int number = 1; number <= number_of_senders; ++number) {
    steps.append(udp::client(number).binds({.lite = lite, .further = number - 1}, at));
  }
  return steps;
}

Step senders_send_to_groups(int groups, At at) {
  return {fmt::format("each sender sends to {} groups, and ours hears those of its memberships",
                      groups),
          [groups](World& world) { send_to_all(world, groups, true); }, at};
}

Step senders_send_to_groups_in_vain(int groups, At at) {
  return {fmt::format("each sender sends to {} groups, in vain", groups),
          [groups](World& world) { send_to_all(world, groups, false); }, at};
}

Step hears_its_own_groups_only(const DatagramEnd& who, At at) {
  return {
      who.name() + " hears nothing of groups that others have joined",
      [name = who.name()](World& world) {
        const FileDescriptor socket = world.correspondents.at(name).actor.borrow();
        constexpr int of_ipv4 = 49, of_ipv6 = 29;
        if (is_v6(world)) {
          set_option(socket.get(), SocketOption<int>{IPPROTO_IPV6, of_ipv6, "IPV6_MULTICAST_ALL"},
                     0);
        } else {
          set_option(socket.get(), SocketOption<int>{IPPROTO_IP, of_ipv4, "IP_MULTICAST_ALL"}, 0);
        }
      },
      at};
}

}  // namespace sockcr::scenario
