#include "engine/udp/forge.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <algorithm>
#include <cerrno>
#include <span>

#include "engine/gate/gate.h"
#include "engine/image/address_rules.h"
#include "engine/sys/error.h"
#include "engine/sys/interface.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/udp/local_address.h"

namespace sockcr {
namespace {

constexpr std::size_t udp_header = 8, ipv6_header = 40;
constexpr std::size_t mtu_of_lo = 65536;  // a raw packet is never cut into fragments

bool is_ipv6(const Datagram& datagram) { return unmapped(datagram.destination).family == AF_INET6; }

void put_u16(Bytes& bytes, std::size_t value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

void put(Bytes& bytes, const Address& address) {
  const Address host = unmapped(address);
  const std::size_t length = host.family == AF_INET6 ? 16 : 4;
  bytes.insert(bytes.end(), host.bytes.begin(), host.bytes.begin() + length);
}

std::uint32_t sum_of(std::span<const std::uint8_t> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += bytes[i] << (i % 2 == 0 ? 8 : 0);
  return sum;
}

// Over the pseudo header too (RFC 768, RFC 8200 8.1, RFC 3828 3.2). 0 would mean that there is
// none.
std::uint16_t checksum_of(const Datagram& one, const Bytes& transport, std::uint8_t protocol) {
  Bytes pseudo;
  put(pseudo, one.source);
  put(pseudo, one.destination);
  put_u16(pseudo, transport.size());
  put_u16(pseudo, protocol);
  std::uint32_t sum = sum_of(pseudo) + sum_of(transport);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  const auto folded = static_cast<std::uint16_t>(~sum);
  return folded == 0 ? 0xffff : folded;
}

// In UDP-Lite the length's place has the number of bytes that the checksum covers.
Bytes transport_of(const Datagram& one, std::uint8_t protocol) {
  Bytes bytes;
  put_u16(bytes, one.source.port);
  put_u16(bytes, one.destination.port);
  put_u16(bytes, udp_header + one.payload.size());
  put_u16(bytes, 0);
  bytes.insert(bytes.end(), one.payload.begin(), one.payload.end());
  const std::uint16_t checksum = checksum_of(one, bytes, protocol);
  bytes[6] = static_cast<std::uint8_t>(checksum >> 8);
  bytes[7] = static_cast<std::uint8_t>(checksum);
  return bytes;
}

// The kernel writes its length, identification and checksum (raw(7)).
Bytes ipv4_header(const Datagram& one, std::uint8_t protocol) {
  Bytes bytes{0x45, one.traffic_class};
  bytes.resize(8);
  bytes.insert(bytes.end(), {one.hop_limit, protocol, 0, 0});
  put(bytes, one.source);
  put(bytes, one.destination);
  return bytes;
}

Bytes ipv6_header_of(const Datagram& one, std::uint8_t protocol, std::size_t length) {
  const std::uint32_t first = 6u << 28 | std::uint32_t{one.traffic_class} << 20 | one.flow_label;
  Bytes bytes;
  put_u16(bytes, first >> 16);
  put_u16(bytes, first & 0xffff);
  put_u16(bytes, length);
  bytes.insert(bytes.end(), {protocol, one.hop_limit});
  put(bytes, one.source);
  put(bytes, one.destination);
  return bytes;
}

FileDescriptor make_sender(int family) {
  FileDescriptor socket = make_socket(family, SOCK_RAW, IPPROTO_RAW);
  set_option(socket.get(), option::mark, static_cast<int>(forged_mark));
  return socket;
}

void send_through(int socket, Address host, const Bytes& packet) {
  host.port = 0;
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(host, storage);
  connect_socket(socket, reinterpret_cast<const sockaddr*>(&storage), length);
  send_bytes(socket, packet, 0);
}

}  // namespace

std::string why_not_forged(const Datagram& one) {
  if (is_unspecified(one.source)) return "its sender has no address";
  if (is_broadcast(one.destination)) return "it was sent to many, and once more would reach them";
  if (is_multicast(one.destination) && one.device.empty()) {
    return "it was sent to a group that the socket is no member of";
  }
  if (is_ipv6(one) && ipv6_header + udp_header + one.payload.size() > mtu_of_lo) {
    return "it came in fragments that are together longer than a packet of this machine can be";
  }
  return "";
}

Bytes packet_of(const Datagram& datagram, const Transport& transport) {
  const bool v6 = is_ipv6(datagram);
  if (transport.raw && !v6) return datagram.payload;
  const Bytes bytes = transport.raw ? datagram.payload : transport_of(datagram, transport.protocol);
  Bytes packet = v6 ? ipv6_header_of(datagram, transport.protocol, bytes.size())
                    : ipv4_header(datagram, transport.protocol);
  packet.insert(packet.end(), bytes.begin(), bytes.end());
  return packet;
}

int Forger::socket_of(int family) {
  FileDescriptor& socket = sockets_[family];
  if (!socket) socket = make_sender(family);
  return socket.get();
}

// By a socket of its own: connecting it binds it to the device.
void Forger::send_to_group(const Datagram& datagram, const Transport& transport) {
  const Address group = unmapped(datagram.destination);
  const FileDescriptor socket = make_sender(group.family);
  const ip_mreqn device{.imr_multiaddr = {},
                        .imr_address = {},
                        .imr_ifindex = static_cast<int>(interface_index(datagram.device))};
  if (group.family == AF_INET6) {
    set_option_bytes(socket.get(), IPPROTO_IPV6, IPV6_MULTICAST_IF, "IPV6_MULTICAST_IF",
                     &device.imr_ifindex, sizeof device.imr_ifindex);
  } else {
    set_option_bytes(socket.get(), IPPROTO_IP, IP_MULTICAST_IF, "IP_MULTICAST_IF", &device,
                     sizeof device);
  }
  Datagram that_stays = datagram;
  that_stays.hop_limit = 0;
  send_through(socket.get(), group, packet_of(that_stays, transport));
}

void Forger::send(const Datagram& datagram, const Transport& transport) {
  if (is_multicast(datagram.destination)) return send_to_group(datagram, transport);
  const Address host = unmapped(datagram.destination);
  if (!is_address_of_this_machine(host)) {
    throw SystemError("sendto", to_text(datagram), EADDRNOTAVAIL)
        .advise(host_text(host) + " has to be an address of this network namespace");
  }
  send_through(socket_of(host.family), host, packet_of(datagram, transport));
}

}  // namespace sockcr
