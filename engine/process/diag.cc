#include "engine/process/diag.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <cstring>

#include "engine/sys/netlink.h"

namespace sockcr {
namespace {

constexpr std::uint32_t every_state = ~0U;

Address address_of(std::uint8_t family, const __be32* bytes, __be16 port, std::uint32_t interface) {
  Address address{.family = family, .bytes = {}, .port = ntohs(port), .scope_id = 0};
  std::memcpy(address.bytes.data(), bytes, family == AF_INET ? 4 : 16);
  const bool link_local =
      family == AF_INET6 && address.bytes[0] == 0xfe && (address.bytes[1] & 0xc0) == 0x80;
  if (link_local) address.scope_id = interface;
  return address;
}

TcpDiag entry_of(const inet_diag_msg& message) {
  return {.state = static_cast<TcpState>(message.idiag_state),
          .local = address_of(message.idiag_family, message.id.idiag_src, message.id.idiag_sport,
                              message.id.idiag_if),
          .remote = address_of(message.idiag_family, message.id.idiag_dst, message.id.idiag_dport,
                               message.id.idiag_if),
          .inode = message.idiag_inode,
          .timer = static_cast<TcpTimer>(message.idiag_timer),
          .timer_ms = message.idiag_expires,
          .retransmits = message.idiag_retrans,
          .receive_queue = message.idiag_rqueue,
          .send_queue = message.idiag_wqueue};
}

}  // namespace

std::vector<TcpDiag> dump_tcp() {
  std::vector<TcpDiag> entries;
  NetlinkSocket socket(NETLINK_SOCK_DIAG);
  for (const int family : {AF_INET, AF_INET6}) {
    inet_diag_req_v2 request{};
    request.sdiag_family = static_cast<std::uint8_t>(family);
    request.sdiag_protocol = IPPROTO_TCP;
    request.idiag_states = every_state;
    NetlinkMessage message(SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP);
    message.append(&request, sizeof request);
    socket.dump(message, "dump of TCP sockets", [&](const nlmsghdr* header) {
      entries.push_back(entry_of(*static_cast<const inet_diag_msg*>(NLMSG_DATA(header))));
    });
  }
  return entries;
}

}  // namespace sockcr
