#include "scenarios/language/hear_datagram.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "engine/sys/control_message.h"
#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "pcap/text.h"

namespace sockcr::scenario {
namespace {

// In headers of the kernel that cannot stand beside glibc's.
constexpr int ipv6_original_destination = 74;

const std::array ipv4_options{
    SocketOption<int>{IPPROTO_IP, IP_RECVTTL, "IP_RECVTTL"},
    SocketOption<int>{IPPROTO_IP, IP_RECVTOS, "IP_RECVTOS"},
    SocketOption<int>{IPPROTO_IP, IP_RECVORIGDSTADDR, "IP_RECVORIGDSTADDR"},
};
const std::array ipv6_options{
    SocketOption<int>{IPPROTO_IPV6, IPV6_RECVHOPLIMIT, "IPV6_RECVHOPLIMIT"},
    SocketOption<int>{IPPROTO_IPV6, IPV6_RECVTCLASS, "IPV6_RECVTCLASS"},
    SocketOption<int>{IPPROTO_IPV6, ipv6_original_destination, "IPV6_RECVORIGDSTADDR"},
};

bool is_ipv6(int socket) { return get_option(socket, option::domain) == AF_INET6; }

std::string host_and_port(const Address& address) { return to_text(Address{unmapped(address)}); }

template <class SocketAddress>
Address address_in(const cmsghdr* message) {
  sockaddr_storage storage{};
  const auto address = value_of<SocketAddress>(message);
  std::memcpy(&storage, &address, sizeof address);
  return from_sockaddr(storage);
}

void read_told(const cmsghdr* message, ExpectedDatagram& heard) {
  const bool v4 = message->cmsg_level == IPPROTO_IP;
  if (!v4 && message->cmsg_level != IPPROTO_IPV6) return;
  const int type = message->cmsg_type;
  if (v4 && type == IP_TTL) heard.hop_limit = value_of<int>(message);
  if (v4 && type == IP_TOS) heard.traffic_class = value_of<std::uint8_t>(message);
  if (v4 && type == IP_ORIGDSTADDR) heard.destination = address_in<sockaddr_in>(message);
  if (!v4 && type == IPV6_HOPLIMIT) heard.hop_limit = value_of<int>(message);
  if (!v4 && type == IPV6_TCLASS) heard.traffic_class = value_of<int>(message);
  if (!v4 && type == ipv6_original_destination) {
    heard.destination = address_in<sockaddr_in6>(message);
  }
}

std::string bytes_text(const std::vector<std::uint8_t>& bytes) {
  constexpr std::size_t shown = 12;
  std::string text = fmt::format("{} bytes", bytes.size());
  for (std::size_t i = 0; i < std::min(shown, bytes.size()); ++i) {
    text += fmt::format("{}{:02x}", i == 0 ? " " : "", bytes[i]);
  }
  // Two that begin alike differ in this.
  std::uint32_t sum = 0;
  for (const std::uint8_t byte : bytes) sum = sum * 31 + byte;
  return bytes.size() <= shown ? text : text + fmt::format("... ({:08x})", sum);
}

}  // namespace

std::string text_of(const ExpectedDatagram& one) {
  return fmt::format("{} from {} to {}, hop limit {}, class {:#04x}", bytes_text(one.payload),
                     host_and_port(one.source), host_and_port(one.destination), one.hop_limit,
                     one.traffic_class);
}

Hearing::Hearing(int socket) : socket_(socket) {
  const auto turn_on = [&](std::span<const SocketOption<int>> options) {
    for (const SocketOption<int>& each : options) {
      before_.emplace_back(each, get_option(socket, each));
      set_option(socket, each, 1);
    }
  };
  turn_on(ipv4_options);
  if (is_ipv6(socket)) turn_on(ipv6_options);
}

Hearing::~Hearing() {
  for (const auto& [option, value] : before_) set_option(socket_, option, value);
}

std::string Hearing::next(std::chrono::nanoseconds limit) const {
  if (!readable_within(socket_, limit)) return std::string(nothing_heard);
  sockaddr_storage source{};
  ExpectedDatagram heard;
  heard.payload.resize(65'536);
  alignas(cmsghdr) std::array<std::uint8_t, 512> control{};
  iovec vector{heard.payload.data(), heard.payload.size()};
  msghdr message{.msg_name = &source,
                 .msg_namelen = sizeof source,
                 .msg_iov = &vector,
                 .msg_iovlen = 1,
                 .msg_control = control.data(),
                 .msg_controllen = control.size(),
                 .msg_flags = 0};
  const ssize_t length = ::recvmsg(socket_, &message, MSG_DONTWAIT);
  if (length < 0) return ::strerrorname_np(errno);
  heard.payload.resize(static_cast<std::size_t>(length));
  heard.source = from_sockaddr(source);
  for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr;
       each = CMSG_NXTHDR(&message, each)) {
    read_told(each, heard);
  }
  return text_of(heard);
}

void set_hop_limit_and_class(int socket, int hop_limit, int traffic_class) {
  const bool v6 = is_ipv6(socket);
  const int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
  set_option(socket, SocketOption<int>{level, v6 ? IPV6_UNICAST_HOPS : IP_TTL, "the hop limit"},
             hop_limit);
  set_option(socket, SocketOption<int>{level, v6 ? IPV6_TCLASS : IP_TOS, "the traffic class"},
             traffic_class);
}

}  // namespace sockcr::scenario
