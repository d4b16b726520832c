#include "pcap/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace sockcr::pcap {
namespace {

Address of_v6(const in6_addr& raw) {
  const Bytes bytes(raw.s6_addr);
  return Address::of(IN6_IS_ADDR_V4MAPPED(&raw) ? bytes.last(4) : bytes);
}

template <class Raw>
Raw copied(const sockaddr_storage& address) {
  Raw raw;
  std::memcpy(&raw, &address, sizeof raw);
  return raw;
}

}  // namespace

Address Address::of(Bytes raw) {
  if (raw.size() != 4 && raw.size() != 16) {
    throw std::invalid_argument(fmt::format("an IP address of {} bytes", raw.size()));
  }
  Address address{static_cast<std::uint8_t>(raw.size()), {}};
  std::copy(raw.begin(), raw.end(), address.bytes.begin());
  return address;
}

Address Address::parse(std::string_view text) {
  const std::string copy(text);
  std::array<std::uint8_t, 16> raw{};
  if (inet_pton(AF_INET, copy.c_str(), raw.data()) == 1) return of(Bytes(raw).first(4));
  if (inet_pton(AF_INET6, copy.c_str(), raw.data()) == 1) return of(raw);
  throw std::invalid_argument(fmt::format("not an IP address: {}", text));
}

Endpoint endpoint_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto v4 = copied<sockaddr_in>(address);
    std::array<std::uint8_t, 4> raw;
    std::memcpy(raw.data(), &v4.sin_addr, raw.size());
    return {Address::of(raw), ntohs(v4.sin_port)};
  }
  if (address.ss_family == AF_INET6) {
    const auto v6 = copied<sockaddr_in6>(address);
    return {of_v6(v6.sin6_addr), ntohs(v6.sin6_port)};
  }
  throw std::invalid_argument(fmt::format("address family {} is not IP", address.ss_family));
}

std::string to_text(const MacAddress& mac) {
  return fmt::format("{:02x}", fmt::join(mac.bytes, ":"));
}

std::string to_text(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.size == 4 ? AF_INET : AF_INET6, address.bytes.data(), text.data(), text.size());
  return text.data();
}

std::string to_text(const Endpoint& endpoint) {
  return fmt::format("{}.{}", to_text(endpoint.address), endpoint.port);
}

}  // namespace sockcr::pcap
