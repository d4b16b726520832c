// Addresses as they stand on the wire. The witness has its own: it shares nothing with the engine.
#pragma once

#include <sys/socket.h>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

#include "pcap/reader.h"

namespace sockcr::pcap {

struct MacAddress {
  std::array<std::uint8_t, 6> bytes{};

  bool operator==(const MacAddress&) const = default;
};

// An IPv4 address (`size` 4, the rest of `bytes` zero) or an IPv6 one (`size` 16).
struct Address {
  std::uint8_t size = 4;
  std::array<std::uint8_t, 16> bytes{};

  static Address of(Bytes raw);                 // 4 or 16 bytes
  static Address parse(std::string_view text);  // throws std::invalid_argument
  Bytes view() const { return Bytes(bytes).first(size); }
  bool operator==(const Address&) const = default;
  bool operator<(const Address& other) const {
    return std::tie(size, bytes) < std::tie(other.size, other.bytes);
  }
};

struct Endpoint {
  Address address;
  std::uint16_t port = 0;  // host byte order

  bool operator==(const Endpoint&) const = default;
  bool operator<(const Endpoint& other) const {
    return std::tie(address, port) < std::tie(other.address, other.port);
  }
};

// What the wire shows of a socket's address: a v4-mapped IPv6 address is its IPv4 one there.
// Throws std::invalid_argument for other families than AF_INET and AF_INET6.
Endpoint endpoint_of(const sockaddr_storage& address);

std::string to_text(const MacAddress& mac);
std::string to_text(const Address& address);
std::string to_text(const Endpoint& endpoint);  // as tcpdump does: 192.0.2.1.7001

}  // namespace sockcr::pcap
