#include "engine/raw/proc.h"

#include <cstring>
#include <fstream>
#include <sstream>
#include <string>

namespace sockcr {
namespace {

// Words of four bytes, each printed as the machine reads it.
Address address_of(const std::string& digits, int domain) {
  Address address{.family = static_cast<std::uint16_t>(domain), .bytes = {}};
  const std::size_t words = domain == AF_INET6 ? 4 : 1;
  for (std::size_t i = 0; i < words; ++i) {
    const auto word = static_cast<std::uint32_t>(std::stoul(digits.substr(8 * i, 8), nullptr, 16));
    std::memcpy(address.bytes.data() + 4 * i, &word, sizeof word);
  }
  return address;
}

}  // namespace

// "  253: 010002C0:00FD 020002C0:0000 01 00000000:00000000 00:00000000 00000000  0  0 54321 2 ..."
std::optional<Address> raw_peer_of(std::uint64_t inode, int domain) {
  std::ifstream file(domain == AF_INET6 ? "/proc/thread-self/net/raw6"
                                        : "/proc/thread-self/net/raw");
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string place, local, remote, state, queues, timer, retransmits, user, timeout;
    std::uint64_t its_inode = 0;
    words >> place >> local >> remote >> state >> queues >> timer >> retransmits >> user >>
        timeout >> its_inode;
    if (!words || its_inode != inode) continue;
    const Address address = address_of(remote.substr(0, remote.find(':')), domain);
    if (address.bytes == decltype(address.bytes){}) return std::nullopt;
    return address;
  }
  return std::nullopt;
}

}  // namespace sockcr
