#include "engine/udp/groups_here.h"

#include <netinet/in.h>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

namespace sockcr {
namespace {

void add_ipv4_group(std::istringstream& words, unsigned interface, std::vector<GroupHere>& groups) {
  std::uint32_t host = 0;  // printed as the machine reads the four bytes
  if (!(words >> std::hex >> host)) return;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = host;
  GroupHere& group = groups.emplace_back();
  std::memcpy(&group.address, &address, sizeof address);
  group.interface = interface;
}

}  // namespace

// "2  eth0  : 1  V3", and behind it each group that the device listens for:
// "        010000E0     1 0:00000000  0".
std::vector<GroupHere> ipv4_groups_here() {
  std::ifstream file("/proc/thread-self/net/igmp");
  std::vector<GroupHere> groups;
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
std::vector<GroupHere> ipv6_groups_here() {
  std::ifstream file("/proc/thread-self/net/igmp6");
  std::vector<GroupHere> groups;
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
    GroupHere& group = groups.emplace_back();
    std::memcpy(&group.address, &address, sizeof address);
    group.interface = interface;
  }
  return groups;
}

}  // namespace sockcr
