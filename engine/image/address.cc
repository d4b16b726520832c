#include "engine/image/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <cstring>

namespace sockcr {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

bool is_mapped(const Address& address) {
  return address.family == AF_INET6 &&
         std::memcmp(address.bytes.data(), mapped_prefix.data(), mapped_prefix.size()) == 0;
}

Address unmapped(const Address& address) {
  if (!is_mapped(address)) return address;
  Address inner{.family = AF_INET, .bytes = {}, .port = address.port, .scope_id = 0};
  std::memcpy(inner.bytes.data(), address.bytes.data() + mapped_prefix.size(), 4);
  return inner;
}

Address mapped_form(const Address& address) {
  if (address.family != AF_INET) return address;
  Address outer{.family = AF_INET6, .bytes = {}, .port = address.port, .scope_id = 0};
  std::memcpy(outer.bytes.data(), mapped_prefix.data(), mapped_prefix.size());
  std::memcpy(outer.bytes.data() + mapped_prefix.size(), address.bytes.data(), 4);
  return outer;
}

std::string host_text(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  ::inet_ntop(address.family, address.bytes.data(), text, sizeof text);
  return text + (address.scope_id != 0 ? fmt::format("%{}", address.scope_id) : "");
}

std::string to_text(const Address& address) {
  const std::string host = host_text(address);
  if (address.family == AF_INET) return fmt::format("{}:{}", host, address.port);
  return fmt::format("[{}]:{}", host, address.port);
}

Address from_sockaddr(const sockaddr_storage& storage) {
  Address address{.family = storage.ss_family, .bytes = {}, .port = 0, .scope_id = 0};
  if (storage.ss_family == AF_INET) {
    const auto& in = reinterpret_cast<const sockaddr_in&>(storage);
    std::memcpy(address.bytes.data(), &in.sin_addr, 4);
    address.port = ntohs(in.sin_port);
  } else if (storage.ss_family == AF_INET6) {
    const auto& in6 = reinterpret_cast<const sockaddr_in6&>(storage);
    std::memcpy(address.bytes.data(), &in6.sin6_addr, 16);
    address.port = ntohs(in6.sin6_port);
    address.scope_id = in6.sin6_scope_id;
  }
  return address;
}

socklen_t to_sockaddr(const Address& address, sockaddr_storage& storage) {
  storage = {};
  storage.ss_family = address.family;
  if (address.family == AF_INET) {
    auto& in = reinterpret_cast<sockaddr_in&>(storage);
    in.sin_port = htons(address.port);
    std::memcpy(&in.sin_addr, address.bytes.data(), 4);
    return sizeof in;
  }
  auto& in6 = reinterpret_cast<sockaddr_in6&>(storage);
  in6.sin6_port = htons(address.port);
  in6.sin6_scope_id = address.scope_id;
  std::memcpy(&in6.sin6_addr, address.bytes.data(), 16);
  return sizeof in6;
}

}  // namespace sockcr
