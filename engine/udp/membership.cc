#include "engine/udp/membership.h"

#include <fmt/format.h>
#include <net/if.h>
#include <netinet/in.h>
#include <cstring>
#include <fstream>
#include <sstream>
#include <vector>

#include "engine/sys/call.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

namespace sockcr {
namespace {

struct Group {
  sockaddr_storage address{};
  unsigned interface = 0;
};

void add_ipv4_group(std::istringstream& words, unsigned interface, std::vector<Group>& groups) {
  std::uint32_t host = 0;  // printed as the machine reads the four bytes
  if (!(words >> std::hex >> host)) return;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = host;
  Group& group = groups.emplace_back();
  std::memcpy(&group.address, &address, sizeof address);
  group.interface = interface;
}

// "2  eth0  : 1  V3", and behind it each group that the device listens for:
// "        010000E0     1 0:00000000  0".
std::vector<Group> ipv4_groups() {
  std::ifstream file("/proc/thread-self/net/igmp");
  std::vector<Group> groups;
  unsigned interface = 0;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream words(line);
    if (line.front() == '\t' || line.front() == ' ') {
      add_ipv4_group(words, interface, groups);
    } else {
      words >> interface;
    }
  }
  return groups;
}

// "2  eth0  ff020000000000000000000000000001  1 0000000C 0"
std::vector<Group> ipv6_groups() {
  std::ifstream file("/proc/thread-self/net/igmp6");
  std::vector<Group> groups;
  unsigned interface = 0;
  std::string device, digits, rest;
  while (file >> interface >> device >> digits && std::getline(file, rest)) {
    if (digits.size() != 32) continue;
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    for (std::size_t i = 0; i < 16; ++i) {
      address.sin6_addr.s6_addr[i] =
          static_cast<std::uint8_t>(std::stoul(digits.substr(2 * i, 2), nullptr, 16));
    }
    Group& group = groups.emplace_back();
    std::memcpy(&group.address, &address, sizeof address);
    group.interface = interface;
  }
  return groups;
}

// EADDRNOTAVAIL is the answer of who is no member.
bool is_member(int socket, int level, const Group& group) {
  group_filter question{};
  question.gf_interface = group.interface;
  std::memcpy(&question.gf_group, &group.address, sizeof question.gf_group);
  socklen_t length = sizeof question;
  return try_call(
             "getsockopt",
             [&] { return ::getsockopt(socket, level, MCAST_MSFILTER, &question, &length); },
             [&] {
               return fmt::format("{}, {}, MCAST_MSFILTER, {} on {}", socket, level,
                                  address_text(group.address), group.interface);
             }) == 0;
}

std::string find_among(int socket, int level, const std::vector<Group>& groups) {
  for (const Group& group : groups) {
    if (!is_member(socket, level, group)) continue;
    char device[IF_NAMESIZE] = "";
    ::if_indextoname(group.interface, device);
    return fmt::format("{} on {}", address_text(group.address), device);
  }
  return "";
}

}  // namespace

// An IPv6 socket can be a member of groups of IPv4 too.
std::string find_membership(int socket) {
  const std::string of_ipv4 = find_among(socket, IPPROTO_IP, ipv4_groups());
  if (!of_ipv4.empty() || get_option(socket, option::domain) != AF_INET6) return of_ipv4;
  return find_among(socket, IPPROTO_IPV6, ipv6_groups());
}

}  // namespace sockcr
