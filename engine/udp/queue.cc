#include "engine/udp/queue.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/sys/call.h"
#include "engine/sys/control_message.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

// Newer than Debian 12's headers, or in headers of the kernel that cannot stand beside glibc's.
#ifndef IPV6_FLOWINFO
#define IPV6_FLOWINFO 11
#endif
#ifndef IPV6_RECVORIGDSTADDR
#define IPV6_RECVORIGDSTADDR 74
#endif
#ifndef IPV6_ORIGDSTADDR
#define IPV6_ORIGDSTADDR IPV6_RECVORIGDSTADDR
#endif

namespace sockcr {
namespace {

constexpr int no_offset = -1;  // of SO_PEEK_OFF: every peek begins at the first
constexpr std::size_t longest = 65536;

constexpr std::array by_ipv4{
    SocketOption<int>{IPPROTO_IP, IP_PKTINFO, "IP_PKTINFO"},
    SocketOption<int>{IPPROTO_IP, IP_RECVTTL, "IP_RECVTTL"},
    SocketOption<int>{IPPROTO_IP, IP_RECVTOS, "IP_RECVTOS"},
    SocketOption<int>{IPPROTO_IP, IP_RECVORIGDSTADDR, "IP_RECVORIGDSTADDR"},
};
constexpr std::array by_ipv6{
    SocketOption<int>{IPPROTO_IPV6, IPV6_RECVPKTINFO, "IPV6_RECVPKTINFO"},
    SocketOption<int>{IPPROTO_IPV6, IPV6_RECVHOPLIMIT, "IPV6_RECVHOPLIMIT"},
    SocketOption<int>{IPPROTO_IPV6, IPV6_RECVTCLASS, "IPV6_RECVTCLASS"},
    SocketOption<int>{IPPROTO_IPV6, IPV6_RECVORIGDSTADDR, "IPV6_RECVORIGDSTADDR"},
    SocketOption<int>{IPPROTO_IPV6, IPV6_FLOWINFO, "IPV6_FLOWINFO"},
};

// An IPv6 socket has both sets: what comes by IPv4 is told in the words of IPv4.
std::vector<SocketOption<int>> telling_options(int socket) {
  std::vector<SocketOption<int>> all(by_ipv4.begin(), by_ipv4.end());
  if (get_option(socket, option::domain) == AF_INET6) {
    all.insert(all.end(), by_ipv6.begin(), by_ipv6.end());
  }
  return all;
}

// Everything is told as long as this lives.
class Peeking {
 public:
  explicit Peeking(int socket) : socket_(socket), before_(before_peeking(socket)) {
    try {
      for (const SocketOption<int>& each : telling_options(socket)) set_option(socket, each, 1);
    } catch (...) {
      put_back(socket_, before_);
      throw;
    }
  }
  ~Peeking() { put_back(socket_, before_); }
  Peeking(const Peeking&) = delete;
  Peeking& operator=(const Peeking&) = delete;

 private:
  int socket_;
  BeforePeeking before_;
};

// In the words of the socket: of an IPv6 one every address has that family.
Address as_seen_by(int domain, const sockaddr_storage& storage) {
  Address address = from_sockaddr(storage);
  if (domain == AF_INET || address.family == AF_INET6) return address;
  Address mapped{.family = AF_INET6, .bytes = {}, .port = address.port};
  mapped.bytes[10] = mapped.bytes[11] = 0xff;
  std::memcpy(mapped.bytes.data() + 12, address.bytes.data(), 4);
  return mapped;
}

template <class SocketAddress>
Address address_in(int domain, const cmsghdr* message) {
  sockaddr_storage storage{};
  const auto address = value_of<SocketAddress>(message);
  std::memcpy(&storage, &address, sizeof address);
  return as_seen_by(domain, storage);
}

void read_ipv4(const cmsghdr* message, int domain, Datagram& one) {
  switch (message->cmsg_type) {
    case IP_TTL:
      one.hop_limit = static_cast<std::uint8_t>(value_of<int>(message));
      break;
    case IP_TOS:
      one.traffic_class = value_of<std::uint8_t>(message);
      break;
    case IP_ORIGDSTADDR:
      one.destination = address_in<sockaddr_in>(domain, message);
      break;
    case IP_PKTINFO:
      one.interface = static_cast<std::uint32_t>(value_of<in_pktinfo>(message).ipi_ifindex);
      break;
    default:
      break;
  }
}

void read_ipv6(const cmsghdr* message, int domain, Datagram& one) {
  constexpr std::uint32_t label = 0xfffff;
  switch (message->cmsg_type) {
    case IPV6_HOPLIMIT:
      one.hop_limit = static_cast<std::uint8_t>(value_of<int>(message));
      break;
    case IPV6_TCLASS:
      one.traffic_class = static_cast<std::uint8_t>(value_of<int>(message));
      break;
    case IPV6_ORIGDSTADDR:
      one.destination = address_in<sockaddr_in6>(domain, message);
      break;
    case IPV6_PKTINFO:
      one.interface = value_of<in6_pktinfo>(message).ipi6_ifindex;
      break;
    case IPV6_FLOWINFO:
      one.flow_label = ntohl(value_of<std::uint32_t>(message)) & label;
      break;
    default:
      break;
  }
}

// Of several datagrams that the kernel has gathered, each but the last has `length` bytes.
void append_each(std::vector<Datagram>& queue, const Datagram& gathered, std::size_t length) {
  for (std::size_t at = 0; at < gathered.payload.size(); at += length) {
    const auto begin = gathered.payload.begin() + static_cast<std::ptrdiff_t>(at);
    const std::size_t rest = std::min(length, gathered.payload.size() - at);
    queue.push_back(gathered);
    queue.back().payload.assign(begin, begin + static_cast<std::ptrdiff_t>(rest));
  }
}

class Walk {
 public:
  Walk(int socket, const std::string& subject)
      : socket_(socket),
        domain_(get_option(socket, option::domain)),
        subject_(subject),
        buffer_(longest) {}

  // Behind `queue`, false when there is none. By SO_PEEK_OFF the one behind the last.
  bool peek(std::vector<Datagram>& queue) {
    sockaddr_storage source{};
    alignas(cmsghdr) std::array<std::uint8_t, 2048> control{};
    iovec vector{buffer_.data(), buffer_.size()};
    msghdr message{.msg_name = &source,
                   .msg_namelen = sizeof source,
                   .msg_iov = &vector,
                   .msg_iovlen = 1,
                   .msg_control = control.data(),
                   .msg_controllen = control.size(),
                   .msg_flags = 0};
    const ssize_t length = receive(message);
    if (length < 0) return false;
    Datagram one;
    one.source = as_seen_by(domain_, source);
    one.payload.assign(buffer_.begin(), buffer_.begin() + length);
    const std::size_t each = read_control(message, one);
    if (each == 0) {
      queue.push_back(std::move(one));
    } else {
      append_each(queue, one, each);
    }
    return true;
  }

 private:
  // A pending error comes first, and is pending no more then.
  ssize_t receive(msghdr& message) const {
    for (int errors = 0;; ++errors) {
      const ssize_t length = try_receive(message);
      if (length >= 0 || errno == EAGAIN) return length;
      if (errors > 0) throw SystemError("recvmsg", fmt::format("{}", socket_), errno);
    }
  }

  ssize_t try_receive(msghdr& message) const {
    const auto text = [&] { return fmt::format("{}, {{...}}, MSG_PEEK|MSG_DONTWAIT", socket_); };
    return try_call(
        "recvmsg", [&] { return ::recvmsg(socket_, &message, MSG_PEEK | MSG_DONTWAIT); }, text);
  }

  // The length of each of those that were gathered; 0 where it is a single one.
  std::size_t read_control(msghdr& message, Datagram& one) const {
    std::size_t gathered = 0;
    for (const cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr;
         each = CMSG_NXTHDR(&message, const_cast<cmsghdr*>(each))) {
      if (each->cmsg_level == IPPROTO_IP) read_ipv4(each, domain_, one);
      if (each->cmsg_level == IPPROTO_IPV6) read_ipv6(each, domain_, one);
      if (each->cmsg_level == IPPROTO_UDP && each->cmsg_type == UDP_GRO) {
        gathered = static_cast<std::size_t>(value_of<int>(each));
      }
    }
    if (one.destination.port != 0) return gathered;
    throw Violation("destination of a datagram in the queue of " + subject_,
                    "told by IP_RECVORIGDSTADDR", "it is not there");
  }

  int socket_, domain_;
  const std::string& subject_;
  Bytes buffer_;
};

bool has_datagram(int socket) { return (readiness(socket) & POLLIN) != 0; }

// One that somebody has peeked at already is not found by SO_PEEK_OFF. Without it the first one
// always is.
bool first_is_empty(int socket) {
  return has_datagram(socket) && queued_bytes(socket, FIONREAD, "SIOCINQ") == 0;
}

}  // namespace

BeforePeeking before_peeking(int socket) {
  BeforePeeking before;
  const auto look = [&](const SocketOption<int>& which) {
    before.options.push_back({which.level, which.number, which.name, get_option(socket, which)});
  };
  look(option::peek_offset);
  for (const SocketOption<int>& each : telling_options(socket)) look(each);
  return before;
}

void put_back(int socket, const BeforePeeking& before) {
  for (const BeforePeeking::Told& told : before.options) {
    const SocketOption<int> option{told.level, told.number, told.name};
    if (get_option(socket, option) != told.value) set_option(socket, option, told.value);
  }
}

Peeked peek_queue(int socket, const std::string& subject) {
  const Peeking peeking(socket);
  Walk walk(socket, subject);
  Peeked peeked;
  if (first_is_empty(socket)) {
    set_option(socket, option::peek_offset, no_offset);
    walk.peek(peeked.queue);
  }
  set_option(socket, option::peek_offset, 0);
  while (walk.peek(peeked.queue)) peeked.hid_something |= peeked.queue.back().payload.empty();
  return peeked;
}

void drain_queue(int socket) {
  Bytes nothing(1);
  const auto take = [&] {
    return try_call(
        "recvfrom", [&] { return ::recv(socket, nothing.data(), nothing.size(), MSG_DONTWAIT); },
        [&] { return fmt::format("{}, \"\"..., 1, MSG_DONTWAIT, NULL, NULL", socket); });
  };
  while (has_datagram(socket)) {
    if (take() < 0 && errno == EAGAIN) return;  // damaged: the kernel has thrown it away
  }
}

std::uint32_t queue_memory(int socket) {
  std::array<std::uint32_t, 9> told{};  // SK_MEMINFO_RMEM_ALLOC is the first
  get_option_bytes(socket, SOL_SOCKET, SO_MEMINFO, "SO_MEMINFO", told.data(), sizeof told);
  return told.front();
}

}  // namespace sockcr
