// Sockets of datagrams and packets that nobody has thought of: their queues, groups and filters.
#include "engine/image/records.h"
#include "tests/image/dice.h"

namespace sockcr {
namespace {

// Canonical, and each group once. The program hears its sources and nobody else, or all others.
Membership roll_membership(Dice& dice, bool v6, const std::string& device) {
  Membership one{.group = v6 ? end_at(AF_INET6, "ff15::1", 0) : end_at(AF_INET, "239.1.0.1", 0),
                 .device = device};
  if (!v6 && toss(dice)) one.chosen_by = end_at(AF_INET, "198.51.100.1", 0);
  for (std::uint32_t n = roll(dice, 0, 3); n > 0; --n) {
    Address source = v6 ? end_at(AF_INET6, "2001:db8::2", 0) : end_at(AF_INET, "198.51.100.2", 0);
    source.bytes[3] = static_cast<std::uint8_t>(n);
    one.sources.push_back(source);
  }
  one.include = !one.sources.empty() && toss(dice);
  return one;
}

// An IPv6 socket of UDP can be a member of IPv4's groups too, which come first.
template <class Kind>
void roll_memberships(Dice& dice, Kind& socket, bool v4, bool v6) {
  for (const char* const device : {"eth0", "eth1"}) {
    if (v4 && toss(dice)) socket.memberships.push_back(roll_membership(dice, false, device));
  }
  for (const char* const device : {"eth0", "eth1"}) {
    if (v6 && toss(dice)) socket.memberships.push_back(roll_membership(dice, true, device));
  }
  socket.in_kernel_order = !socket.memberships.empty() && toss(dice);
}

SocketFilter roll_filter(Dice& dice) {
  if (toss(dice)) return {};
  if (toss(dice)) return {.program = roll(dice, 1, 0x7fffffff), .program_tag = dice()};
  SocketFilter filter{.code = roll_bytes(dice, 100)};
  filter.code.resize(8 * (filter.code.size() / 8 + 1));
  filter.code[filter.code.size() - 8] = 6;  // the last instruction returns
  return filter;
}

Datagram roll_datagram(Dice& dice, const UdpSocket& to) {
  Datagram one{.source = to.remote, .destination = to.local};
  one.source.port = static_cast<std::uint16_t>(roll(dice, 0, 65535));
  one.interface = roll(dice, 0, 9);
  one.hop_limit = static_cast<std::uint8_t>(roll(dice, 0, 255));
  one.traffic_class = static_cast<std::uint8_t>(roll(dice, 0, 255));
  one.flow_label = roll(dice, 0, 0xfffff);
  one.payload = roll_bytes(dice, toss(dice) ? 0 : max_datagram);
  return one;
}

// As an IPv4 socket reads one: with its header, of 20 bytes.
Bytes roll_packet(Dice& dice, const RawSocket& to) {
  Bytes packet(20);
  const Bytes data = roll_bytes(dice, 1000);
  packet.insert(packet.end(), data.begin(), data.end());
  packet[0] = 0x45;
  packet[1] = static_cast<std::uint8_t>(roll(dice, 0, 255));
  packet[2] = static_cast<std::uint8_t>(packet.size() >> 8);
  packet[3] = static_cast<std::uint8_t>(packet.size());
  packet[8] = static_cast<std::uint8_t>(roll(dice, 0, 255));
  packet[9] = to.protocol;
  readdress_packet(packet, end_at(AF_INET, "192.0.2.2", 0), end_at(AF_INET, "192.0.2.1", 0));
  return packet;
}

Datagram roll_raw_datagram(Dice& dice, const RawSocket& to) {
  if (to.domain == AF_INET) return datagram_of(roll_packet(dice, to));
  return {.source = end_at(AF_INET6, "2001:db8::2", 0),
          .destination = end_at(AF_INET6, "2001:db8::1", 0),
          .hop_limit = static_cast<std::uint8_t>(roll(dice, 0, 255)),
          .payload = roll_bytes(dice, 1000)};
}

}  // namespace

UdpSocket roll_udp(Dice& dice) {
  UdpSocket socket;
  roll_ends(dice, socket);
  socket.lite = toss(dice);
  socket.shut_down_receive = toss(dice);
  socket.shut_down_send = toss(dice);
  socket.errors_lost = toss(dice);
  socket.group_place = roll(dice, 0, 9);
  socket.options = roll_options(dice);
  for (std::uint32_t n = roll(dice, 0, 4); n > 0; --n) {
    socket.queue.push_back(roll_datagram(dice, socket));
  }
  if (toss(dice)) socket.remote = {};
  socket.filter = roll_filter(dice);
  roll_memberships(dice, socket, true, socket.domain == AF_INET6);
  return socket;
}

RawSocket roll_raw(Dice& dice) {
  const bool v6 = toss(dice);
  RawSocket socket{.domain = static_cast<std::uint16_t>(v6 ? AF_INET6 : AF_INET),
                   .protocol = static_cast<std::uint8_t>(roll(dice, 1, 255))};
  socket.local = end_at(socket.domain, v6 ? "2001:db8::1" : "192.0.2.1", 0);
  if (toss(dice)) {
    const auto port = static_cast<std::uint16_t>(roll(dice, 0, 65535));
    socket.remote = end_at(socket.domain, v6 ? "2001:db8::2" : "192.0.2.2", port);
  }
  socket.shut_down_receive = toss(dice);
  socket.shut_down_send = toss(dice);
  socket.errors_lost = toss(dice);
  socket.options = roll_options(dice);
  for (std::uint32_t n = roll(dice, 0, 4); n > 0; --n) {
    socket.queue.push_back(roll_raw_datagram(dice, socket));
  }
  socket.filter = roll_filter(dice);
  roll_memberships(dice, socket, !v6, v6);
  return socket;
}

}  // namespace sockcr
