#include "scenarios/language/raw_packets.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/sys/poll.h"
#include "engine/sys/socket_option.h"
#include "scenarios/language/hear_datagram.h"

namespace sockcr::scenario {
namespace {

using Bytes = std::vector<std::uint8_t>;
constexpr std::size_t icmp_header = 8, ipv4_header = 20, ipv6_header = 40;

std::uint16_t checksum_of(const Bytes& bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) sum += bytes[i] << (i % 2 == 0 ? 8 : 0);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

const std::array telling{
    SocketOption<int>{IPPROTO_IPV6, IPV6_RECVHOPLIMIT, "IPV6_RECVHOPLIMIT"},
    SocketOption<int>{IPPROTO_IPV6, IPV6_RECVTCLASS, "IPV6_RECVTCLASS"},
    SocketOption<int>{IPPROTO_IPV6, IPV6_RECVPKTINFO, "IPV6_RECVPKTINFO"},
};

void read_told(const cmsghdr* each, ExpectedDatagram& heard) {
  if (each->cmsg_level != IPPROTO_IPV6) return;
  int number = 0;
  if (each->cmsg_type == IPV6_PKTINFO) {
    in6_pktinfo told{};
    std::memcpy(&told, CMSG_DATA(each), sizeof told);
    heard.destination = {.family = AF_INET6, .bytes = {}};
    std::memcpy(heard.destination.bytes.data(), &told.ipi6_addr, 16);
    return;
  }
  std::memcpy(&number, CMSG_DATA(each), sizeof number);
  if (each->cmsg_type == IPV6_HOPLIMIT) heard.hop_limit = number;
  if (each->cmsg_type == IPV6_TCLASS) heard.traffic_class = number;
}

std::string heard_of_ipv4(const Bytes& packet) {
  const std::size_t header = 4 * std::size_t{packet[0] & 0xfu};
  ExpectedDatagram heard{
      .source = {},
      .destination = {},
      .hop_limit = packet[8],
      .traffic_class = packet[1],
      .payload = {packet.begin() + static_cast<std::ptrdiff_t>(header), packet.end()}};
  std::copy_n(packet.begin() + 12, 4, heard.source.bytes.begin());
  std::copy_n(packet.begin() + 16, 4, heard.destination.bytes.begin());
  heard.options = header - ipv4_header;
  return text_of_packet(heard);
}

}  // namespace

bool is_ipv6(const World& world) { return world.settings.variant.family == Family::v6; }

Bytes icmp_of(const World& world, const Bytes& content, bool reply) {
  const int type = is_ipv6(world) ? (reply ? 129 : 200) : (reply ? 0 : 16);
  Bytes message(icmp_header);
  message[0] = static_cast<std::uint8_t>(type);
  message.insert(message.end(), content.begin(), content.end());
  if (is_ipv6(world)) return message;
  const std::uint16_t sum = checksum_of(message);
  message[2] = static_cast<std::uint8_t>(sum >> 8);
  message[3] = static_cast<std::uint8_t>(sum);
  return message;
}

Bytes with_own_header(const World& world, const ExpectedDatagram& what) {
  Bytes bytes(is_ipv6(world) ? ipv6_header : ipv4_header);
  if (is_ipv6(world)) {
    bytes[0] = 0x60 | own_class >> 4;
    bytes[1] = static_cast<std::uint8_t>(own_class << 4);
    bytes[5] = static_cast<std::uint8_t>(what.payload.size());
    bytes[6] = spare_protocol;
    bytes[7] = own_hops;
    std::copy_n(what.source.bytes.begin(), 16, bytes.begin() + 8);
    std::copy_n(what.destination.bytes.begin(), 16, bytes.begin() + 24);
  } else {
    bytes[0] = 0x45;
    bytes[1] = own_class;
    bytes[8] = own_hops;
    bytes[9] = spare_protocol;
    std::copy_n(what.source.bytes.begin(), 4, bytes.begin() + 12);
    std::copy_n(what.destination.bytes.begin(), 4, bytes.begin() + 16);
  }
  bytes.insert(bytes.end(), what.payload.begin(), what.payload.end());
  return bytes;
}

std::string text_of_packet(const ExpectedDatagram& one) {
  return fmt::format("{}, {} bytes of options", text_of(one), one.options);
}

PacketHearing::PacketHearing(int socket, bool icmp)
    : socket_(socket), v6_(get_option(socket, option::domain) == AF_INET6), icmp_(icmp) {
  if (!v6_) return;
  for (const auto& each : telling) set_option(socket_, each, 1);
}

PacketHearing::~PacketHearing() {
  if (!v6_) return;
  for (const auto& each : telling) set_option(socket_, each, 0);
}

std::string PacketHearing::next(std::chrono::nanoseconds limit) const {
  if (!readable_within(socket_, limit)) return std::string(nothing_heard);
  sockaddr_storage source{};
  Bytes bytes(65'536);
  alignas(cmsghdr) std::array<std::uint8_t, 512> control{};
  iovec vector{bytes.data(), bytes.size()};
  msghdr message{.msg_name = &source,
                 .msg_namelen = sizeof source,
                 .msg_iov = &vector,
                 .msg_iovlen = 1,
                 .msg_control = control.data(),
                 .msg_controllen = control.size(),
                 .msg_flags = 0};
  const ssize_t length = ::recvmsg(socket_, &message, MSG_DONTWAIT);
  if (length < 0) return ::strerrorname_np(errno);
  bytes.resize(static_cast<std::size_t>(length));
  if (!v6_) return heard_of_ipv4(bytes);
  ExpectedDatagram heard{.source = from_sockaddr(source), .destination = {}, .payload = bytes};
  heard.source.port = 0;
  if (icmp_) heard.payload[2] = heard.payload[3] = 0;
  for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr;
       each = CMSG_NXTHDR(&message, each)) {
    read_told(each, heard);
  }
  return text_of_packet(heard);
}

}  // namespace sockcr::scenario
