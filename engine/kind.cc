#include "engine/kind.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <array>
#include <optional>
#include <string_view>

#include "engine/sys/socket_option.h"
#include "engine/udp/udp.h"
#include "engine/unix/unix.h"

// Newer than Debian 12's headers.
#ifndef IPPROTO_SMC
#define IPPROTO_SMC 256
#endif

namespace sockcr {
namespace {

struct Name {
  int number;
  std::string_view name;
};

constexpr std::array internet_protocols{
    Name{IPPROTO_MPTCP, "MPTCP"}, Name{IPPROTO_SCTP, "SCTP"},     Name{IPPROTO_DCCP, "DCCP"},
    Name{IPPROTO_ICMP, "ICMP"},   Name{IPPROTO_ICMPV6, "ICMPv6"}, Name{IPPROTO_SMC, "SMC"},
};

constexpr std::array domains{
    Name{AF_NETLINK, "a netlink socket"},
    Name{AF_PACKET, "a packet socket"},
    Name{AF_VSOCK, "a vsock socket"},
    Name{AF_ALG, "an AF_ALG socket"},
    Name{AF_XDP, "an AF_XDP socket"},
    Name{AF_SMC, "SMC"},
    Name{AF_TIPC, "TIPC"},
    Name{AF_CAN, "a CAN socket"},
    Name{AF_BLUETOOTH, "a Bluetooth socket"},
    Name{AF_KEY, "a PF_KEY socket"},
};

template <std::size_t size>
std::optional<std::string> name_in(const std::array<Name, size>& names, int number) {
  for (const Name& one : names) {
    if (one.number == number) return std::string(one.name);
  }
  return std::nullopt;
}

bool is_internet(int domain) { return domain == AF_INET || domain == AF_INET6; }

}  // namespace

bool is_plain_tcp(int socket) {
  return is_internet(get_option(socket, option::domain)) &&
         get_option(socket, option::type) == SOCK_STREAM &&
         get_option(socket, option::protocol) == IPPROTO_TCP;
}

bool is_udp(int socket) {
  const int protocol = get_option(socket, option::protocol);
  return is_internet(get_option(socket, option::domain)) &&
         get_option(socket, option::type) == SOCK_DGRAM &&
         (protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE);
}

bool is_raw(int socket) {
  return is_internet(get_option(socket, option::domain)) &&
         get_option(socket, option::type) == SOCK_RAW;
}

bool is_unix(int socket) { return get_option(socket, option::domain) == AF_UNIX; }

std::string describe_kind(int socket) {
  const int domain = get_option(socket, option::domain);
  const int protocol = get_option(socket, option::protocol);
  const bool raw = get_option(socket, option::type) == SOCK_RAW;
  const std::string numbers = fmt::format("a socket of domain {}, protocol {}", domain, protocol);
  if (domain == AF_UNIX) return describe_unix(socket);
  if (!is_internet(domain)) return name_in(domains, domain).value_or(numbers);
  if (raw) return fmt::format("a raw socket, protocol {}", protocol);
  if (protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE) return describe_udp(socket);
  return name_in(internet_protocols, protocol).value_or(numbers);
}

}  // namespace sockcr
