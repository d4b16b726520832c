// An Internet address with a port, as a plain value.
#pragma once

#include <sys/socket.h>
#include <array>
#include <compare>
#include <cstdint>
#include <string>

namespace sockcr {

struct Address {
  // AF_INET or AF_INET6; ::ffff:a.b.c.d on an AF_INET6 socket stays AF_INET6 (see is_mapped).
  std::uint16_t family = AF_INET;
  // Network order, as on the wire; an IPv4 address fills the first four bytes, the rest is zero.
  std::array<std::uint8_t, 16> bytes{};
  std::uint16_t port = 0;      // host order
  std::uint32_t scope_id = 0;  // interface index of a link-local IPv6 address, else 0

  friend bool operator==(const Address&, const Address&) = default;
};

bool is_mapped(const Address& address);         // an AF_INET6 value whose packets are IPv4
Address unmapped(const Address& address);       // the IPv4 address inside it; others as they are
Address mapped_form(const Address& address);    // ::ffff:a.b.c.d of an IPv4 one; others as they are
std::string to_text(const Address& address);    // 192.0.2.1:7001, [2001:db8::1]:7001
std::string host_text(const Address& address);  // 192.0.2.1, 2001:db8::1

Address from_sockaddr(const sockaddr_storage& storage);
// Fills `storage` and returns the length to pass with it.
socklen_t to_sockaddr(const Address& address, sockaddr_storage& storage);

}  // namespace sockcr
