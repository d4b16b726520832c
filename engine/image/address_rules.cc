#include "engine/image/address_rules.h"

#include <fmt/format.h>
#include <algorithm>

namespace sockcr {
namespace {

constexpr std::size_t v4_length = 4;

bool is_zero(const Address& address, std::size_t from, std::size_t to) {
  return std::all_of(address.bytes.begin() + from, address.bytes.begin() + to,
                     [](std::uint8_t byte) { return byte == 0; });
}

bool is_link_local(const Address& address) {
  return address.family == AF_INET6 && address.bytes[0] == 0xfe &&
         (address.bytes[1] & 0xc0) == 0x80;
}

std::string form_fault(const Address& address, std::uint16_t domain) {
  if (address.family != domain) {
    return fmt::format("family {} on a socket of domain {}", address.family, domain);
  }
  if (address.family == AF_INET && !is_zero(address, v4_length, address.bytes.size())) {
    return "an IPv4 address is longer than 4 bytes";
  }
  if (address.scope_id != 0 && !is_link_local(address)) {
    return fmt::format("scope {} on an address that is not link-local", address.scope_id);
  }
  return "";
}

}  // namespace

bool is_unspecified(const Address& address) {
  const Address inner = unmapped(address);
  return is_zero(inner, 0, inner.bytes.size());
}

bool is_multicast(const Address& address) {
  const Address inner = unmapped(address);
  if (inner.family == AF_INET6) return inner.bytes[0] == 0xff;
  return (inner.bytes[0] & 0xf0) == 0xe0;
}

bool is_broadcast(const Address& address) {
  const Address inner = unmapped(address);
  return inner.family == AF_INET &&
         std::all_of(inner.bytes.begin(), inner.bytes.begin() + v4_length,
                     [](std::uint8_t byte) { return byte == 0xff; });
}

std::string end_fault(const Address& address, std::uint16_t domain) {
  if (std::string fault = form_fault(address, domain); !fault.empty()) return fault;
  if (is_unspecified(address)) return fmt::format("{} is unspecified", to_text(address));
  if (is_multicast(address)) return fmt::format("{} is multicast", to_text(address));
  if (is_broadcast(address)) return fmt::format("{} is broadcast", to_text(address));
  if (address.port == 0) return fmt::format("{} has no port", to_text(address));
  return "";
}

std::string bound_fault(const Address& address, std::uint16_t domain) {
  if (std::string fault = form_fault(address, domain); !fault.empty()) return fault;
  if (is_mapped(address) || address.family != AF_INET6 || !is_multicast(address)) return "";
  return fmt::format("{} is multicast (bind: EINVAL)", to_text(address));
}

std::string correspondent_fault(const Address& address, std::uint16_t domain) {
  if (std::string fault = form_fault(address, domain); !fault.empty()) return fault;
  return is_unspecified(address) ? fmt::format("{} is unspecified", to_text(address)) : "";
}

}  // namespace sockcr
