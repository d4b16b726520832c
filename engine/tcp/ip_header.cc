#include "engine/tcp/ip_header.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <algorithm>
#include <cstring>

namespace sockcr {
namespace {

constexpr int usual_hop_limit = 64;  // net.ipv4.ip_default_ttl, net.ipv6.conf.*.hop_limit

int value_of(const TcpConnection& c, int level, int number, int otherwise) {
  const auto found = std::find_if(
      c.options.begin(), c.options.end(),
      [&](const OptionValue& option) { return option.level == level && option.number == number; });
  if (found == c.options.end() || found->value.size() != sizeof(int)) return otherwise;
  int value = 0;
  std::memcpy(&value, found->value.data(), sizeof value);
  return value;
}

}  // namespace

// A socket of IPv6 has those of IPv4 too, which count where its addresses are mapped.
IpHeader ip_header_of(const TcpConnection& c) {
  const bool v6 = c.domain == AF_INET6 && !is_mapped(c.local);
  const int hops = v6 ? value_of(c, IPPROTO_IPV6, IPV6_UNICAST_HOPS, usual_hop_limit)
                      : value_of(c, IPPROTO_IP, IP_TTL, usual_hop_limit);
  const int traffic_class =
      v6 ? value_of(c, IPPROTO_IPV6, IPV6_TCLASS, 0) : value_of(c, IPPROTO_IP, IP_TOS, 0);
  return {.hop_limit = static_cast<std::uint8_t>(hops),
          .traffic_class = static_cast<std::uint8_t>(traffic_class),
          .mark = static_cast<std::uint32_t>(value_of(c, SOL_SOCKET, SO_MARK, 0))};
}

}  // namespace sockcr
