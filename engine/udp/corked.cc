#include "engine/udp/corked.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/ioctl.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/image/attributes.h"
#include "engine/sys/call.h"
#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

namespace sockcr {
namespace {

constexpr SocketOption<int> cork{IPPROTO_UDP, UDP_CORK, "UDP_CORK"};
constexpr std::size_t udp_header = 8, ipv4_header = 20, ipv6_header = 40;

std::size_t u16_at(const Bytes& bytes, std::size_t at) {
  return static_cast<std::size_t>(bytes[at] << 8 | bytes[at + 1]);
}

Address host_at(const Bytes& packet, std::size_t at, std::uint16_t family) {
  Address host{.family = family, .bytes = {}};
  std::copy_n(packet.begin() + static_cast<std::ptrdiff_t>(at), family == AF_INET6 ? 16 : 4,
              host.bytes.begin());
  return host;
}

bool is_udp(std::size_t protocol) { return protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE; }

std::optional<Datagram> behind_header(const Bytes& packet, Datagram one, std::size_t header) {
  if (packet.size() < header + udp_header) return std::nullopt;
  one.source.port = static_cast<std::uint16_t>(u16_at(packet, header));
  one.destination.port = static_cast<std::uint16_t>(u16_at(packet, header + 2));
  one.payload.assign(packet.begin() + static_cast<std::ptrdiff_t>(header + udp_header),
                     packet.end());
  return one;
}

std::optional<Datagram> parse_ipv4(const Bytes& packet) {
  if (packet.size() < ipv4_header || !is_udp(packet[9])) return std::nullopt;
  return behind_header(packet,
                       {.source = host_at(packet, 12, AF_INET),
                        .destination = host_at(packet, 16, AF_INET),
                        .hop_limit = packet[8],
                        .traffic_class = packet[1]},
                       4 * std::size_t{packet[0] & 0xfu});
}

// Behind what extension headers the socket sends (IPV6_HOPOPTS and its kin).
std::optional<Datagram> parse_ipv6(const Bytes& packet) {
  if (packet.size() < ipv6_header) return std::nullopt;
  std::size_t next = packet[6], at = ipv6_header;
  while (next == IPPROTO_HOPOPTS || next == IPPROTO_DSTOPTS || next == IPPROTO_ROUTING) {
    if (packet.size() < at + 8) return std::nullopt;
    next = packet[at];
    at += (packet[at + 1] + std::size_t{1}) * 8;
  }
  if (!is_udp(next)) return std::nullopt;
  return behind_header(
      packet,
      {.source = host_at(packet, 8, AF_INET6),
       .destination = host_at(packet, 24, AF_INET6),
       .hop_limit = packet[7],
       .traffic_class = static_cast<std::uint8_t>((packet[0] & 0xf) << 4 | packet[1] >> 4)},
      at);
}

// What fits between the lengths of one attribute and the addresses beside the payload.
void refuse_long_one(const Datagram& one, const std::string& subject) {
  if (one.payload.size() <= most_corked) return;
  throw Unsupported(fmt::format("a corked datagram of {}, {} bytes", subject, one.payload.size()),
                    fmt::format("an image holds {}", most_corked));
}

// As a control message of one number.
template <std::size_t size>
void add(std::array<std::uint8_t, size>& control, msghdr& message, int level, int type, int value) {
  cmsghdr header{};
  header.cmsg_len = CMSG_LEN(sizeof value);
  header.cmsg_level = level;
  header.cmsg_type = type;
  std::memcpy(control.data() + message.msg_controllen, &header, sizeof header);
  std::memcpy(control.data() + message.msg_controllen + CMSG_LEN(0), &value, sizeof value);
  message.msg_controllen += CMSG_SPACE(sizeof value);
}

}  // namespace

// What was sent is no longer counted once it has left this machine, or arrived in it. A datagram
// under construction stays.
bool is_corked(int socket) {
  const auto pending = [&] { return queued_bytes(socket, TIOCOUTQ, "SIOCOUTQ"); };
  return !poll_until(std::chrono::milliseconds(200), [&] { return pending() == 0; });
}

Datagram read_corked(int socket, Tap& tap, const std::string& subject) {
  const int option = get_option(socket, cork);
  const std::uint16_t port = from_sockaddr(local_address(socket)).port;
  set_option(socket, cork, 1);
  set_option(socket, cork, 0);
  std::optional<Datagram> heard;
  while (const auto packet = tap.next(std::chrono::seconds(1))) {
    heard = parse_datagram(*packet);
    if (heard && heard->source.port == port) break;
    heard.reset();
  }
  set_option(socket, cork, option);
  if (!heard) {
    throw Unsupported("a corked datagram of " + subject, "the gate's tap has not heard it");
  }
  begin_corked(socket, *heard);
  refuse_long_one(*heard, subject);
  return *heard;
}

void begin_corked(int socket, const Datagram& one) {
  const bool v6 = one.destination.family == AF_INET6;
  const bool mapped = !v6 && get_option(socket, option::domain) == AF_INET6;
  sockaddr_storage to{};
  const socklen_t length = to_sockaddr(mapped ? mapped_form(one.destination) : one.destination, to);
  alignas(cmsghdr) std::array<std::uint8_t, 2 * CMSG_SPACE(sizeof(int))> control{};
  Bytes payload = one.payload;
  iovec vector{payload.data(), payload.size()};
  msghdr message{.msg_name = &to,
                 .msg_namelen = length,
                 .msg_iov = &vector,
                 .msg_iovlen = 1,
                 .msg_control = control.data(),
                 .msg_controllen = 0,
                 .msg_flags = 0};
  add(control, message, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_HOPLIMIT : IP_TTL, one.hop_limit);
  add(control, message, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS,
      one.traffic_class);
  const int flags = get_option(socket, cork) != 0 ? 0 : MSG_MORE;
  call(
      "sendmsg", [&] { return ::sendmsg(socket, &message, flags); },
      [&] { return fmt::format("{}, {}, {:#x}", socket, to_text(one), flags); });
}

std::optional<Datagram> parse_datagram(const Bytes& packet) {
  if (packet.empty()) return std::nullopt;
  return packet[0] >> 4 == 6 ? parse_ipv6(packet) : parse_ipv4(packet);
}

}  // namespace sockcr
