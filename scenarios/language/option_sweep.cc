#include "scenarios/language/option_sweep.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "scenarios/language/legal_options.h"

namespace sockcr::scenario {
namespace {

struct Level {
  int level;
  int last;  // number that any kernel up to 6.18 knows
};
constexpr int sol_udplite = 136, sol_raw = 255;
constexpr std::array levels{
    Level{SOL_SOCKET, 90},  Level{IPPROTO_IP, 60},    Level{IPPROTO_IPV6, 79},
    Level{IPPROTO_TCP, 60}, Level{IPPROTO_UDP, 110},  Level{sol_udplite, 20},
    Level{sol_raw, 10},     Level{IPPROTO_ICMPV6, 2},
};

struct Exempt {
  int level;
  int number;
};

// Reading takes something away, or makes something, or counts in something else than bytes.
constexpr std::array destructive{
    Exempt{SOL_SOCKET, SO_GET_FILTER},
    Exempt{SOL_SOCKET, SO_ERROR},
    Exempt{SOL_SOCKET, 77},   // SO_PEERPIDFD makes a descriptor
    Exempt{IPPROTO_TCP, 28},  // TCP_SAVED_SYN, which is given once
    Exempt{IPPROTO_TCP, 35},  // TCP_ZEROCOPY_RECEIVE is an action
};

// Names of the kernel's for this socket or this place, and what changes by itself.
constexpr std::array momentary{
    Exempt{SOL_SOCKET, 57},  // SO_COOKIE
    Exempt{SOL_SOCKET, 71},  // SO_NETNS_COOKIE
    Exempt{SOL_SOCKET, 55},  // SO_MEMINFO
    Exempt{SOL_SOCKET, 62},  // SO_BINDTOIFINDEX: an index; SO_BINDTODEVICE has the name
    Exempt{SOL_SOCKET, SO_INCOMING_CPU},
    Exempt{SOL_SOCKET, 56},  // SO_INCOMING_NAPI_ID
    Exempt{SOL_SOCKET, SO_PEERCRED},
    Exempt{IPPROTO_IP, IP_MTU},  // of the route that is cached just now
    Exempt{IPPROTO_IP, 52},      // IP_PROTOCOL: a port, of whoever has ports
    Exempt{IPPROTO_IP, 9},       // IP_PKTOPTIONS: of the last packet
    Exempt{IPPROTO_IPV6, 6},     // IPV6_2292PKTOPTIONS, likewise
    Exempt{IPPROTO_IPV6, 1},     // IPV6_ADDRFORM: a family, of whoever is connected
    Exempt{IPPROTO_IPV6, 24},    // IPV6_MTU
    Exempt{IPPROTO_IPV6, 61},    // IPV6_PATHMTU
    Exempt{IPPROTO_TCP, TCP_INFO},
    Exempt{IPPROTO_TCP, TCP_QUICKACK},  // a mode that the next segment changes
    Exempt{IPPROTO_TCP, 24},            // TCP_TIMESTAMP is a clock
    Exempt{IPPROTO_TCP, 26},            // TCP_CC_INFO
    Exempt{IPPROTO_TCP, 33},            // TCP_FASTOPEN_KEY, of the namespace mostly
};

// Of any socket of TCP: a child finds there what its SYN came with, and no program can write it.
constexpr std::array from_the_syn{
    Exempt{IPPROTO_IP, IP_MULTICAST_TTL},
    Exempt{IPPROTO_IP, IP_MULTICAST_IF},
    Exempt{IPPROTO_IPV6, IPV6_MULTICAST_HOPS},
    Exempt{IPPROTO_IPV6, IPV6_MULTICAST_IF},
    Exempt{SOL_SOCKET, SO_PEERSEC},  // with SELinux: the label that the handshake's packets had
};

// Of TCP's listeners only. Of a connection the first is the segment of the moment, and the second,
// which bind(2) to an address of IPv6 sets, means nothing any more; and what is in CLOSE may have
// been one.
constexpr std::array of_listeners{
    Exempt{IPPROTO_TCP, TCP_MAXSEG},
    Exempt{IPPROTO_IPV6, IPV6_V6ONLY},
};

template <std::size_t count>
bool is_among(const std::array<Exempt, count>& list, int level, int number) {
  return std::any_of(list.begin(), list.end(),
                     [&](const Exempt& one) { return one.level == level && one.number == number; });
}

// TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ and TCP_REPAIR_OPTIONS.
bool is_of_repair_mode(int level, int number) {
  return level == IPPROTO_TCP && ((number >= 19 && number <= 22) || number == 29);
}

bool is_listening(int socket) {
  int listens = 0;
  socklen_t length = sizeof listens;
  return ::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0 && listens != 0;
}

// The two lowest bits are what TCP says of congestion just now (RFC 3168).
void forget_ecn(int level, int number, std::uint8_t& traffic_class) {
  const bool said =
      (level == IPPROTO_IP && number == IP_TOS) || (level == IPPROTO_IPV6 && number == IPV6_TCLASS);
  if (said) traffic_class &= 0xfc;
}

// The kernel doubles what is written, so that a size which it has chosen itself may lose its lowest
// bit.
void forget_odd_size(int level, int number, std::uint8_t& lowest) {
  if (level == SOL_SOCKET && (number == SO_RCVBUF || number == SO_SNDBUF)) lowest &= 0xfe;
}

bool is_tcp(int socket) { return nature_of(socket).protocol == IPPROTO_TCP; }

class LeftOut {
 public:
  explicit LeftOut(int socket) : tcp_(is_tcp(socket)), listens_(is_listening(socket)) {}

  bool contains(int level, int number) const {
    return is_among(destructive, level, number) || is_among(momentary, level, number) ||
           is_of_repair_mode(level, number) || (tcp_ && is_among(from_the_syn, level, number)) ||
           (tcp_ && !listens_ && is_among(of_listeners, level, number));
  }

 private:
  bool tcp_, listens_;
};

bool is_name(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// A number, a name that zeroes follow, or bytes.
std::string text_of(std::span<const std::uint8_t> value) {
  if (value.size() == sizeof(int)) {
    int number = 0;
    std::memcpy(&number, value.data(), sizeof number);
    return fmt::format("{}", number);
  }
  const auto zero = std::find(value.begin(), value.end(), std::uint8_t{0});
  std::string name(value.begin(), zero);
  const bool ends_in_zeroes =
      std::all_of(zero, value.end(), [](std::uint8_t byte) { return byte == 0; });
  if (ends_in_zeroes && is_name(name)) return name;
  return fmt::format("{:02x}", fmt::join(value, ""));
}

}  // namespace

OptionSweep sweep_options(int socket) {
  OptionSweep seen;
  const LeftOut left_out(socket);
  const bool tcp = is_tcp(socket);
  for (const Level& each : levels) {
    for (int number = 1; number <= each.last; ++number) {
      if (left_out.contains(each.level, number)) continue;
      std::array<std::uint8_t, 2048> value{};
      socklen_t length = value.size();
      if (::getsockopt(socket, each.level, number, value.data(), &length) != 0) continue;
      if (tcp) forget_ecn(each.level, number, value.front());
      forget_odd_size(each.level, number, value.front());
      seen.emplace(option_name(each.level, number), text_of(std::span(value).first(length)));
    }
  }
  return seen;
}

std::string differences_between(const OptionSweep& before, const OptionSweep& after) {
  std::string text;
  const auto note = [&](const std::string& name, const std::string& was, const std::string& is) {
    if (was != is) text += fmt::format("{}{} {} > {}", text.empty() ? "" : ", ", name, was, is);
  };
  const auto value_in = [](const OptionSweep& sweep, const std::string& name) {
    const auto found = sweep.find(name);
    return found == sweep.end() ? std::string("not there") : found->second;
  };
  for (const auto& [name, was] : before) note(name, was, value_in(after, name));
  for (const auto& [name, is] : after) {
    if (!before.contains(name)) note(name, "not there", is);
  }
  return text;
}

}  // namespace sockcr::scenario
