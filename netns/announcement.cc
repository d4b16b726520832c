#include "netns/announcement.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netpacket/packet.h>
#include <algorithm>
#include <cstring>

#include "engine/sys/call.h"
#include "engine/sys/error.h"
#include "engine/sys/interface.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "netns/end.h"

namespace sockcr::netns {
namespace {

// RFC 826, for IPv4 over Ethernet.
struct ArpPacket {
  std::uint16_t hardware = htons(ARPHRD_ETHER), protocol = htons(ETH_P_IP);
  std::uint8_t hardware_length = sizeof(Mac), protocol_length = sizeof(in_addr);
  std::uint16_t operation = htons(ARPOP_REQUEST);
  Mac sender_mac{};
  std::array<std::uint8_t, 4> sender{};
  Mac target_mac{};
  std::array<std::uint8_t, 4> target{};
};
static_assert(sizeof(ArpPacket) == 28);

// RFC 4861, 4.4, with the option that carries the Ethernet address.
struct Advertisement {
  nd_neighbor_advert head{};
  std::uint8_t option = ND_OPT_TARGET_LINKADDR, option_length = 1;  // times 8 bytes
  Mac mac{};
};
static_assert(sizeof(Advertisement) == 32);

template <class Packet>
void send_to(const FileDescriptor& socket, const Packet& packet, const void* address,
             socklen_t length, const std::string& whose) {
  call(
      "sendto",
      [&] {
        return ::sendto(socket.get(), &packet, sizeof packet, 0,
                        static_cast<const sockaddr*>(address), length);
      },
      [&] { return "where " + whose + " is to be found"; });
}

sockaddr_ll everybody(const std::string& device) {
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_protocol = htons(ETH_P_ARP);
  to.sll_ifindex = static_cast<int>(interface_index(device));
  to.sll_halen = sizeof(Mac);
  std::fill_n(to.sll_addr, sizeof(Mac), std::uint8_t{0xff});
  return to;
}

Mac mac_of(const std::string& device) {
  const FileDescriptor socket = make_socket(AF_PACKET, SOCK_DGRAM, 0);
  const sockaddr_ll wanted = everybody(device);
  bind_socket(socket.get(), reinterpret_cast<const sockaddr*>(&wanted), sizeof wanted);
  const sockaddr_storage bound = local_address(socket.get());
  Mac mac{};
  std::copy_n(reinterpret_cast<const sockaddr_ll&>(bound).sll_addr, mac.size(), mac.begin());
  return mac;
}

// A request for the own address: older kernels do not take a reply for an announcement, and within
// a second of the last change they would leave the entry as it is.
void announce_v4(const std::string& device, const std::string& address, const in_addr& own) {
  ArpPacket packet;
  packet.sender_mac = mac_of(device);
  std::memcpy(packet.sender.data(), &own, sizeof own);
  packet.target = packet.sender;
  const FileDescriptor socket = make_socket(AF_PACKET, SOCK_DGRAM, 0);
  const sockaddr_ll to = everybody(device);
  send_to(socket, packet, &to, sizeof to, address);
}

// Through the kernel's own ICMPv6, which adds the checksum. A hop limit below 255 is refused by who
// receives it (RFC 4861, 7.1.2).
void announce_v6(const std::string& device, const std::string& address, const in6_addr& own) {
  const FileDescriptor socket = make_socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
  const SocketOption<int> hops{IPPROTO_IPV6, IPV6_MULTICAST_HOPS, "IPV6_MULTICAST_HOPS"};
  set_option(socket.get(), hops, 255);
  sockaddr_in6 from{}, to{};
  from.sin6_family = to.sin6_family = AF_INET6;
  from.sin6_addr = own;
  bind_socket(socket.get(), reinterpret_cast<const sockaddr*>(&from), sizeof from);
  ::inet_pton(AF_INET6, "ff02::1", &to.sin6_addr);
  to.sin6_scope_id = interface_index(device);

  Advertisement packet;
  packet.head.nd_na_type = ND_NEIGHBOR_ADVERT;
  packet.head.nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE;
  packet.head.nd_na_target = own;
  packet.mac = mac_of(device);
  send_to(socket, packet, &to, sizeof to, address);
}

}  // namespace

void announce(const std::string& device, const std::string& address) {
  in_addr v4{};
  in6_addr v6{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) return announce_v4(device, address, v4);
  if (::inet_pton(AF_INET6, address.c_str(), &v6) == 1) return announce_v6(device, address, v6);
  throw SystemError("inet_pton", address, EINVAL);
}

}  // namespace sockcr::netns
