#include "engine/image/raw_socket.h"

#include <fmt/format.h>
#include <algorithm>

namespace sockcr {
namespace {

constexpr std::size_t least_header = 20, class_at = 1, length_at = 2, ttl_at = 8, protocol_at = 9,
                      checksum_at = 10, source_at = 12, destination_at = 16;

std::size_t header_length(const Bytes& packet) { return 4 * std::size_t{packet[0] & 0xfu}; }

std::size_t u16_at(const Bytes& bytes, std::size_t at) {
  return static_cast<std::size_t>(bytes[at] << 8 | bytes[at + 1]);
}

Address host_at(const Bytes& packet, std::size_t at) {
  Address host{};
  std::copy_n(packet.begin() + static_cast<std::ptrdiff_t>(at), 4, host.bytes.begin());
  return host;
}

void put_host(Bytes& packet, std::size_t at, const Address& host) {
  std::copy_n(host.bytes.begin(), 4, packet.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace

bool is_connected(const RawSocket& socket) { return socket.remote != Address{}; }

std::string to_text(const RawSocket& socket) {
  const std::string name = fmt::format("raw {} {}", socket.protocol, host_text(socket.local));
  return is_connected(socket) ? fmt::format("{} > {}", name, host_text(socket.remote)) : name;
}

std::string packet_fault(const Bytes& packet, std::uint8_t protocol) {
  if (packet.size() < least_header) return fmt::format("{} bytes are no packet", packet.size());
  if (packet[0] >> 4 != 4) return fmt::format("its version is {}", packet[0] >> 4);
  const std::size_t header = header_length(packet);
  if (header < least_header || header > packet.size()) {
    return fmt::format("its header has {} bytes", header);
  }
  if (u16_at(packet, length_at) != packet.size()) {
    return fmt::format("{} bytes long, and its header says {}", packet.size(),
                       u16_at(packet, length_at));
  }
  if (packet[protocol_at] == protocol) return "";
  return fmt::format("protocol {} on a socket of {}", packet[protocol_at], protocol);
}

Datagram datagram_of(Bytes packet) {
  Datagram datagram{.source = host_at(packet, source_at),
                    .destination = host_at(packet, destination_at),
                    .hop_limit = packet[ttl_at],
                    .traffic_class = packet[class_at]};
  datagram.payload = std::move(packet);
  return datagram;
}

void readdress_packet(Bytes& packet, const Address& source, const Address& destination) {
  put_host(packet, source_at, source);
  put_host(packet, destination_at, destination);
  packet[checksum_at] = packet[checksum_at + 1] = 0;
  std::size_t sum = 0;
  for (std::size_t at = 0; at < header_length(packet); at += 2) sum += u16_at(packet, at);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  packet[checksum_at] = static_cast<std::uint8_t>(~sum >> 8);
  packet[checksum_at + 1] = static_cast<std::uint8_t>(~sum);
}

}  // namespace sockcr
