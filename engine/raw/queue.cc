#include "engine/raw/queue.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>

#include "engine/image/address_rules.h"
#include "engine/image/records.h"
#include "engine/sys/call.h"
#include "engine/sys/control_message.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/udp/forge.h"
#include "engine/udp/local_address.h"
#include "engine/udp/queue.h"

#ifndef IPV6_FLOWINFO
#define IPV6_FLOWINFO 11
#endif

namespace sockcr {
namespace {

constexpr std::size_t longest = 65536;

constexpr std::array telling{
    SocketOption<int>{IPPROTO_IPV6, IPV6_RECVPKTINFO, "IPV6_RECVPKTINFO"},
    SocketOption<int>{IPPROTO_IPV6, IPV6_RECVHOPLIMIT, "IPV6_RECVHOPLIMIT"},
    SocketOption<int>{IPPROTO_IPV6, IPV6_RECVTCLASS, "IPV6_RECVTCLASS"},
    SocketOption<int>{IPPROTO_IPV6, IPV6_FLOWINFO, "IPV6_FLOWINFO"},
};

// Where no packet has a header of its own, its header is told as long as this lives.
class Telling {
 public:
  explicit Telling(int socket) : socket_(socket) {
    if (get_option(socket, option::domain) != AF_INET6) return;
    for (const SocketOption<int>& each : telling) {
      before_.options.push_back({each.level, each.number, each.name, get_option(socket, each)});
    }
    try {
      for (const SocketOption<int>& each : telling) set_option(socket, each, 1);
    } catch (...) {
      put_back(socket_, before_);
      throw;
    }
  }
  ~Telling() { put_back(socket_, before_); }
  Telling(const Telling&) = delete;
  Telling& operator=(const Telling&) = delete;

 private:
  int socket_;
  BeforePeeking before_;
};

void read_told(const cmsghdr* message, Datagram& one) {
  constexpr std::uint32_t label = 0xfffff;
  if (message->cmsg_level != IPPROTO_IPV6) return;
  switch (message->cmsg_type) {
    case IPV6_HOPLIMIT:
      one.hop_limit = static_cast<std::uint8_t>(value_of<int>(message));
      break;
    case IPV6_TCLASS:
      one.traffic_class = static_cast<std::uint8_t>(value_of<int>(message));
      break;
    case IPV6_FLOWINFO:
      one.flow_label = ntohl(value_of<std::uint32_t>(message)) & label;
      break;
    case IPV6_PKTINFO: {
      const auto told = value_of<in6_pktinfo>(message);
      std::memcpy(one.destination.bytes.data(), &told.ipi6_addr, 16);
      one.interface = told.ipi6_ifindex;
      const auto& bytes = one.destination.bytes;
      if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80)
        one.destination.scope_id = told.ipi6_ifindex;
      break;
    }
    default:
      break;
  }
}

// False where there is none. A pending error comes first, and is pending no more then.
bool take_one(int socket, int domain, Datagram& one) {
  sockaddr_storage source{};
  Bytes buffer(longest);
  alignas(cmsghdr) std::array<std::uint8_t, 2048> control{};
  iovec vector{buffer.data(), buffer.size()};
  msghdr message{.msg_name = &source,
                 .msg_namelen = sizeof source,
                 .msg_iov = &vector,
                 .msg_iovlen = 1,
                 .msg_control = control.data(),
                 .msg_controllen = control.size(),
                 .msg_flags = 0};
  const auto take = [&] {
    return try_call(
        "recvmsg", [&] { return ::recvmsg(socket, &message, MSG_DONTWAIT); },
        [&] { return fmt::format("{}, {{...}}, MSG_DONTWAIT", socket); });
  };
  ssize_t length = take();
  if (length < 0 && errno != EAGAIN) length = take();
  if (length < 0 && errno == EAGAIN) return false;
  if (length < 0) throw SystemError("recvmsg", fmt::format("{}", socket), errno);
  buffer.resize(static_cast<std::size_t>(length));
  if (domain == AF_INET) {
    one = datagram_of(std::move(buffer));
    return true;
  }
  one = {.source = from_sockaddr(source), .destination = {.family = AF_INET6, .bytes = {}}};
  one.source.port = 0;
  one.payload = std::move(buffer);
  for (cmsghdr* each = CMSG_FIRSTHDR(&message); each != nullptr;
       each = CMSG_NXTHDR(&message, each)) {
    read_told(each, one);
  }
  return true;
}

// What is handled by this machine too would be handled twice.
bool is_somebodys(std::uint8_t protocol) {
  return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_UDPLITE;
}

// The kernel chooses an identification where none is, unless the packet shall not be cut.
bool gets_another_identification(const Bytes& packet) {
  constexpr std::uint8_t do_not_cut = 0x40;
  return packet[4] == 0 && packet[5] == 0 && (packet[6] & do_not_cut) == 0;
}

std::string why_not_put_back(const RawSocket& read, const Datagram& one) {
  if (is_somebodys(read.protocol)) return "the protocol is this machine's own";
  if (is_multicast(one.destination)) return "it was sent to many, and once more would reach them";
  if (one.payload.size() > max_datagram) return "it is longer than an image holds";
  if (read.domain == AF_INET && gets_another_identification(one.payload)) {
    return "its identification is 0, and the kernel would choose another";
  }
  if (auto reason = why_not_forged(one); !reason.empty()) return reason;
  if (is_address_of_this_machine(one.destination)) return "";
  return "it was not sent to an address of this machine, and would leave it";
}

}  // namespace

// SIOCINQ tells 0 of an empty packet too.
bool has_packets(int socket) { return queue_memory(socket) > 0; }

void refuse_untakable_queue(int socket, const RawSocket& read) {
  if (!has_packets(socket)) return;
  const auto refuse = [&](const std::string& why) {
    throw Unsupported("the queue of " + to_text(read), why);
  };
  if (is_somebodys(read.protocol)) refuse("the protocol is this machine's own, and would hear it");
  if (!read.memberships.empty()) refuse("what was sent to its groups would reach others once more");
}

std::vector<Datagram> what_can_be_put_back(const RawSocket& read) {
  std::vector<Datagram> those;
  std::copy_if(read.queue.begin(), read.queue.end(), std::back_inserter(those),
               [&](const Datagram& one) { return why_not_put_back(read, one).empty(); });
  return those;
}

void take_queue(int socket, RawSocket& read) {
  {
    const Telling everything(socket);
    for (Datagram one; take_one(socket, read.domain, one); one = {}) read.queue.push_back(one);
  }
  for (const Datagram& one : read.queue) {
    const std::string reason = why_not_put_back(read, one);
    if (reason.empty()) continue;
    throw Unsupported(fmt::format("datagram {} in the queue of {}", to_text(one), to_text(read)),
                      "it cannot be put back: " + reason);
  }
}

}  // namespace sockcr
