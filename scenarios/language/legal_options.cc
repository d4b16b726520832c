#include "scenarios/language/legal_options.h"

#include <fmt/format.h>
#include <linux/icmp.h>
#include <linux/net_tstamp.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <array>
#include <cstring>
#include <ctime>

namespace sockcr::scenario {
namespace {

using Value = std::vector<std::uint8_t>;

// Given to every roll: the device, and what may be disturbed.
struct Around {
  const std::string& device;
  Leave leave;
};
using Roll = Value (*)(Draw&, const Around&);

// Sets of natures.
using Kinds = unsigned;
constexpr Kinds tcp = 1, udp = 2, udp_lite = 4, raw = 8, stream = 16, other_unix = 32;
constexpr Kinds datagram = udp | udp_lite, inet = tcp | datagram | raw;
constexpr Kinds unix_socket = stream | other_unix, every = inet | unix_socket;

Kinds kind_of(const SocketNature& nature) {
  if (nature.domain == AF_UNIX) return nature.type == SOCK_STREAM ? stream : other_unix;
  if (nature.type == SOCK_RAW) return raw;
  if (nature.type == SOCK_STREAM) return tcp;
  return nature.protocol == IPPROTO_UDPLITE ? udp_lite : udp;
}

struct LegalOption {
  Kinds kinds;
  int level;
  int number;
  std::string_view name;
  Roll roll;
  int domain = AF_UNSPEC;
  // A peer that knows nothing of it is not heard any more, or does not hear.
  bool deafens = false;
};

template <class Whole>
Value bytes_of(const Whole& whole) {
  Value bytes(sizeof whole);
  std::memcpy(bytes.data(), &whole, sizeof whole);
  return bytes;
}

// low .. high
int number(Draw& draw, int low, int high) {
  return low + static_cast<int>(draw.below(static_cast<std::uint64_t>(high - low) + 1));
}

template <int low, int high>
Value between(Draw& draw, const Around&) {
  return bytes_of(number(draw, low, high));
}
constexpr Roll flag = between<0, 1>;
constexpr Roll byte = between<0, 255>;

Value a_time(Draw& draw, const Around&) {
  return bytes_of(timeval{.tv_sec = number(draw, 0, 9), .tv_usec = 100'000L * number(draw, 0, 9)});
}

// With 0 seconds close(2) resets.
Value a_linger(Draw& draw, const Around& around) {
  const int least = around.leave == Leave::talkative ? 1 : 0;
  return bytes_of(linger{.l_onoff = number(draw, 0, 1), .l_linger = number(draw, least, 60)});
}

Value a_device(Draw& draw, const Around& around) {
  if (draw.one_in(2)) return {};
  return {around.device.begin(), around.device.end()};
}

Value a_congestion_control(Draw& draw, const Around&) {
  const std::string name = draw.one_in(2) ? "reno" : "cubic";
  return {name.begin(), name.end()};
}

Value a_rate(Draw& draw, const Around&) {
  return bytes_of(std::uint64_t{1} << 30 << draw.below(16));
}

// Bits of a connection's own (SOF_TIMESTAMPING_OPT_ID) would have to be set while it is connected.
Value a_timestamping(Draw& draw, const Around&) {
  constexpr int any = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
                      SOF_TIMESTAMPING_RAW_HARDWARE | SOF_TIMESTAMPING_OPT_CMSG;
  return bytes_of(std::array<int, 2>{number(draw, 0, 0xffff) & any, 0});
}

Value a_transmit_time(Draw&, const Around&) {
  return bytes_of(std::array<int, 2>{CLOCK_MONOTONIC, 0});
}

// ECN's two bits are TCP's own.
Value a_class(Draw& draw, const Around&) { return bytes_of(number(draw, 0, 63) << 2); }

Value a_port_range(Draw& draw, const Around&) {
  const auto low = static_cast<unsigned>(number(draw, 20'000, 30'000));
  return bytes_of(low | (low + 1000) << 16);
}

// Record route, with room for one address (RFC 791).
Value ip_options(Draw&, const Around&) { return {7, 7, 4, 0, 0, 0, 0, 0}; }

// Padding and nothing else (RFC 8200 4.2).
Value padding_header(Draw&, const Around&) { return {0, 0, 1, 4, 0, 0, 0, 0}; }

// 0, or what a checksum covers at least (RFC 3828 3.1).
Value a_coverage(Draw& draw, const Around&) { return bytes_of(number(draw, 8, 200)); }

Value an_icmp_filter(Draw& draw, const Around&) {
  return bytes_of(static_cast<std::uint32_t>(draw.below(1ull << 32)));
}

Value an_icmp6_filter(Draw& draw, const Around&) {
  std::array<std::uint32_t, 8> bits{};
  for (std::uint32_t& word : bits) word = static_cast<std::uint32_t>(draw.below(1ull << 32));
  return bytes_of(bits);
}

#define OPTION(level, option) level, option, #option
// Newer than the headers of Debian 12, or in headers of the kernel that cannot stand beside these.
#define NUMBERED(level, option, number) level, number, option

constexpr int v6 = AF_INET6;
constexpr int sol_udplite = 136, sol_raw = 255, sol_icmpv6 = IPPROTO_ICMPV6;

constexpr std::array legal{
    LegalOption{every, OPTION(SOL_SOCKET, SO_DEBUG), flag},
    LegalOption{every, OPTION(SOL_SOCKET, SO_REUSEADDR), flag},
    LegalOption{every, OPTION(SOL_SOCKET, SO_DONTROUTE), flag},
    LegalOption{every, OPTION(SOL_SOCKET, SO_BROADCAST), flag},
    LegalOption{every, OPTION(SOL_SOCKET, SO_SNDBUF), between<10'000, 100'000>},
    LegalOption{every, OPTION(SOL_SOCKET, SO_RCVBUF), between<100'000, 200'000>},
    LegalOption{every, OPTION(SOL_SOCKET, SO_KEEPALIVE), flag},
    LegalOption{every, OPTION(SOL_SOCKET, SO_OOBINLINE), flag},
    LegalOption{every, OPTION(SOL_SOCKET, SO_NO_CHECK), flag},
    LegalOption{every, OPTION(SOL_SOCKET, SO_PRIORITY), between<0, 6>},
    LegalOption{every, OPTION(SOL_SOCKET, SO_LINGER), a_linger},
    LegalOption{inet, OPTION(SOL_SOCKET, SO_REUSEPORT), flag},
    LegalOption{unix_socket, OPTION(SOL_SOCKET, SO_PASSCRED), flag},
    LegalOption{unix_socket, OPTION(SOL_SOCKET, SO_PASSSEC), flag},
    LegalOption{unix_socket, NUMBERED(SOL_SOCKET, "SO_PASSPIDFD", 76), flag},
    LegalOption{unix_socket, NUMBERED(SOL_SOCKET, "SO_PASSRIGHTS", 83), flag},
    LegalOption{every, OPTION(SOL_SOCKET, SO_RCVLOWAT), between<1, 1000>},
    LegalOption{every, OPTION(SOL_SOCKET, SO_RCVTIMEO), a_time},
    LegalOption{every, OPTION(SOL_SOCKET, SO_SNDTIMEO), a_time},
    LegalOption{inet, OPTION(SOL_SOCKET, SO_BINDTODEVICE), a_device},
    LegalOption{every, NUMBERED(SOL_SOCKET, "SO_TIMESTAMP_OLD", 29), flag},
    LegalOption{every, NUMBERED(SOL_SOCKET, "SO_TIMESTAMPNS_OLD", 35), flag},
    LegalOption{every, OPTION(SOL_SOCKET, SO_MARK), between<0, 1'000'000>},
    LegalOption{every, NUMBERED(SOL_SOCKET, "SO_TIMESTAMPING_OLD", 37), a_timestamping},
    LegalOption{every, OPTION(SOL_SOCKET, SO_RXQ_OVFL), flag},
    LegalOption{every, OPTION(SOL_SOCKET, SO_WIFI_STATUS), flag},
    LegalOption{tcp | datagram | unix_socket, OPTION(SOL_SOCKET, SO_PEEK_OFF), between<-1, 0>},
    LegalOption{every, OPTION(SOL_SOCKET, SO_NOFCS), flag},
    LegalOption{every, OPTION(SOL_SOCKET, SO_SELECT_ERR_QUEUE), flag},
    LegalOption{every, OPTION(SOL_SOCKET, SO_BUSY_POLL), between<0, 50>},
    LegalOption{every, OPTION(SOL_SOCKET, SO_MAX_PACING_RATE), a_rate},
    LegalOption{tcp | udp, OPTION(SOL_SOCKET, SO_ZEROCOPY), flag},
    LegalOption{every, OPTION(SOL_SOCKET, SO_TXTIME), a_transmit_time},
    LegalOption{every, NUMBERED(SOL_SOCKET, "SO_TIMESTAMP_NEW", 63), flag},
    LegalOption{every, NUMBERED(SOL_SOCKET, "SO_TIMESTAMPNS_NEW", 64), flag},
    LegalOption{every, NUMBERED(SOL_SOCKET, "SO_TIMESTAMPING_NEW", 65), a_timestamping},
    LegalOption{every, NUMBERED(SOL_SOCKET, "SO_PREFER_BUSY_POLL", 69), flag},
    LegalOption{every, NUMBERED(SOL_SOCKET, "SO_BUF_LOCK", 72), between<0, 3>},
    LegalOption{tcp, NUMBERED(SOL_SOCKET, "SO_TXREHASH", 74), between<-1, 1>},
    LegalOption{every, NUMBERED(SOL_SOCKET, "SO_RCVMARK", 75), flag},
    LegalOption{every, NUMBERED(SOL_SOCKET, "SO_RCVPRIORITY", 82), flag},

    LegalOption{inet, OPTION(IPPROTO_IP, IP_TOS), a_class},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_TTL), between<1, 255>},
    LegalOption{raw, OPTION(IPPROTO_IP, IP_NODEFRAG), flag},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_OPTIONS), ip_options},
    LegalOption{raw, OPTION(IPPROTO_IP, IP_HDRINCL), flag},
    LegalOption{raw, OPTION(IPPROTO_IP, IP_ROUTER_ALERT), flag},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_RECVOPTS), flag},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_RETOPTS), flag},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_PKTINFO), flag},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_MTU_DISCOVER), between<0, 5>},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_RECVERR), flag},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_RECVTTL), flag},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_RECVTOS), flag},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_FREEBIND), flag},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_PASSSEC), flag},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_TRANSPARENT), flag},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_RECVORIGDSTADDR), flag},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_MINTTL), byte, AF_UNSPEC, true},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_CHECKSUM), flag},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT), flag},
    LegalOption{datagram | raw, OPTION(IPPROTO_IP, IP_RECVFRAGSIZE), flag},
    LegalOption{inet, NUMBERED(IPPROTO_IP, "IP_RECVERR_RFC4884", 26), flag},
    LegalOption{datagram | raw, OPTION(IPPROTO_IP, IP_MULTICAST_TTL), byte},
    LegalOption{datagram | raw, OPTION(IPPROTO_IP, IP_MULTICAST_LOOP), flag},
    LegalOption{inet, OPTION(IPPROTO_IP, IP_MULTICAST_ALL), flag},
    LegalOption{inet, NUMBERED(IPPROTO_IP, "IP_LOCAL_PORT_RANGE", 51), a_port_range},

    LegalOption{inet, NUMBERED(IPPROTO_IPV6, "IPV6_2292PKTINFO", 2), flag, v6},
    LegalOption{inet, NUMBERED(IPPROTO_IPV6, "IPV6_2292HOPOPTS", 3), flag, v6},
    LegalOption{inet, NUMBERED(IPPROTO_IPV6, "IPV6_2292DSTOPTS", 4), flag, v6},
    LegalOption{inet, NUMBERED(IPPROTO_IPV6, "IPV6_2292RTHDR", 5), flag, v6},
    LegalOption{inet, NUMBERED(IPPROTO_IPV6, "IPV6_2292HOPLIMIT", 8), flag, v6},
    LegalOption{raw, OPTION(IPPROTO_IPV6, IPV6_CHECKSUM), between<-1, 4>, v6},
    LegalOption{inet, NUMBERED(IPPROTO_IPV6, "IPV6_FLOWINFO", 11), flag, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_UNICAST_HOPS), between<1, 255>, v6},
    LegalOption{datagram | raw, OPTION(IPPROTO_IPV6, IPV6_MULTICAST_HOPS), byte, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_MULTICAST_LOOP), flag, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_MTU_DISCOVER), between<0, 5>, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_RECVERR), flag, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_V6ONLY), flag, v6},
    LegalOption{inet, NUMBERED(IPPROTO_IPV6, "IPV6_MULTICAST_ALL", 29), flag, v6},
    LegalOption{inet, NUMBERED(IPPROTO_IPV6, "IPV6_ROUTER_ALERT_ISOLATE", 30), flag, v6},
    LegalOption{inet, NUMBERED(IPPROTO_IPV6, "IPV6_RECVERR_RFC4884", 31), flag, v6},
    LegalOption{inet, NUMBERED(IPPROTO_IPV6, "IPV6_FLOWINFO_SEND", 33), flag, v6},
    LegalOption{raw, OPTION(IPPROTO_IPV6, IPV6_HDRINCL), flag, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_RECVPKTINFO), flag, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_RECVHOPLIMIT), flag, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_RECVHOPOPTS), flag, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_HOPOPTS), padding_header, v6, true},
    // Without a routing header Linux counts it in the length of a packet and does not send it.
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_RTHDRDSTOPTS), padding_header, v6, true},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_RECVRTHDR), flag, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_RECVDSTOPTS), flag, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_DSTOPTS), padding_header, v6, true},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_RECVPATHMTU), flag, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_DONTFRAG), flag, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_RECVTCLASS), flag, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_TCLASS), a_class, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_AUTOFLOWLABEL), flag, v6},
    LegalOption{inet, OPTION(IPPROTO_IPV6, IPV6_MINHOPCOUNT), byte, v6, true},
    LegalOption{inet, NUMBERED(IPPROTO_IPV6, "IPV6_RECVORIGDSTADDR", 74), flag, v6},
    LegalOption{inet, NUMBERED(IPPROTO_IPV6, "IPV6_TRANSPARENT", 75), flag, v6},
    LegalOption{inet, NUMBERED(IPPROTO_IPV6, "IPV6_RECVFRAGSIZE", 77), flag, v6},
    LegalOption{inet, NUMBERED(IPPROTO_IPV6, "IPV6_FREEBIND", 78), flag, v6},

    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_NODELAY), flag},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_MAXSEG), between<88, 1400>},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_CORK), flag},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_KEEPIDLE), between<1, 32'767>},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_KEEPINTVL), between<1, 32'767>},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_KEEPCNT), between<1, 127>},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_SYNCNT), between<1, 127>},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_LINGER2), between<1, 60>},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_DEFER_ACCEPT), between<0, 30>},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_WINDOW_CLAMP), between<70'000, 1'000'000>},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_CONGESTION), a_congestion_control},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS), flag},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT), between<60'000, 100'000>},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_FASTOPEN), between<0, 100>},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_NOTSENT_LOWAT), between<0, 1'000'000>},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_SAVE_SYN), between<0, 2>},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_FASTOPEN_CONNECT), flag},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE), flag},
    LegalOption{tcp, OPTION(IPPROTO_TCP, TCP_INQ), flag},
    LegalOption{tcp, NUMBERED(IPPROTO_TCP, "TCP_TX_DELAY", 37), between<0, 1000>},
    LegalOption{tcp, NUMBERED(IPPROTO_TCP, "TCP_RTO_MAX_MS", 44), between<1000, 120'000>},
    LegalOption{tcp, NUMBERED(IPPROTO_TCP, "TCP_RTO_MIN_US", 45), between<200'000, 900'000>},
    LegalOption{tcp, NUMBERED(IPPROTO_TCP, "TCP_DELACK_MAX_US", 46), between<10'000, 200'000>},

    LegalOption{datagram, OPTION(IPPROTO_UDP, UDP_CORK), flag},
    LegalOption{datagram, OPTION(IPPROTO_UDP, UDP_NO_CHECK6_TX), flag},
    LegalOption{datagram, OPTION(IPPROTO_UDP, UDP_NO_CHECK6_RX), flag},
    LegalOption{datagram, OPTION(IPPROTO_UDP, UDP_SEGMENT), between<0, 1400>},
    LegalOption{datagram, OPTION(IPPROTO_UDP, UDP_GRO), flag},
    LegalOption{udp_lite, NUMBERED(sol_udplite, "UDPLITE_SEND_CSCOV", 10), a_coverage},
    LegalOption{udp_lite, NUMBERED(sol_udplite, "UDPLITE_RECV_CSCOV", 11), a_coverage},

    LegalOption{raw, NUMBERED(sol_raw, "ICMP_FILTER", 1), an_icmp_filter, AF_INET},
    LegalOption{raw, NUMBERED(sol_icmpv6, "ICMPV6_FILTER", 1), an_icmp6_filter, v6},
};

#undef OPTION
#undef NUMBERED

bool is_of(const LegalOption& option, const SocketNature& nature, Leave leave) {
  return (option.kinds & kind_of(nature)) != 0 &&
         (option.domain == AF_UNSPEC || option.domain == nature.domain) &&
         !(option.deafens && leave == Leave::talkative);
}

}  // namespace

SocketNature nature_of(int socket) {
  const auto ask = [&](int number) {
    int value = 0;
    socklen_t length = sizeof value;
    ::getsockopt(socket, SOL_SOCKET, number, &value, &length);
    return value;
  };
  return {ask(SO_DOMAIN), ask(SO_TYPE), ask(SO_PROTOCOL)};
}

// Every second one, so that a default survives beside what was set.
std::vector<SetOption> draw_options(const SocketNature& nature, const std::string& device,
                                    Leave leave, Draw& draw) {
  std::vector<SetOption> drawn;
  for (const LegalOption& option : legal) {
    if (!is_of(option, nature, leave) || draw.one_in(2)) continue;
    const auto place = static_cast<std::ptrdiff_t>(draw.below(drawn.size() + 1));
    drawn.insert(drawn.begin() + place, {option.level, option.number, option.name,
                                         option.roll(draw, Around{device, leave})});
  }
  return drawn;
}

int set_options(int socket, const std::vector<SetOption>& options) {
  int taken = 0;
  for (const SetOption& one : options) {
    const auto length = static_cast<socklen_t>(one.value.size());
    if (::setsockopt(socket, one.level, one.number, one.value.data(), length) == 0) ++taken;
  }
  return taken;
}

std::string option_name(int level, int number) {
  for (const LegalOption& option : legal) {
    if (option.level == level && option.number == number) return std::string(option.name);
  }
  if (level == SOL_SOCKET && number == SO_LOCK_FILTER) return "SO_LOCK_FILTER";
  return fmt::format("option {} of level {}", number, level);
}

}  // namespace sockcr::scenario
