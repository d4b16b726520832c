#include "engine/process/diag.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netlink/attr.h>
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

void read_extensions(const nlmsghdr* header, TcpDiag& entry) {
  const auto* message = static_cast<const inet_diag_msg*>(NLMSG_DATA(header));
  const int left = static_cast<int>(header->nlmsg_len - NLMSG_LENGTH(sizeof *message));
  const auto* first = reinterpret_cast<const nlattr*>(message + 1);
  if (const nlattr* info = nla_find(first, left, INET_DIAG_INFO)) {
    const auto* bytes = static_cast<const std::uint8_t*>(nla_data(info));
    entry.info.assign(bytes, bytes + nla_len(info));
  }
  if (const nlattr* list = nla_find(first, left, INET_DIAG_MD5SIG)) {
    const auto* bytes = static_cast<const std::uint8_t*>(nla_data(list));
    entry.md5_keys = parse_md5_keys({bytes, static_cast<std::size_t>(nla_len(list))});
  }
}

TcpDiag entry_of(const nlmsghdr* header) {
  const auto& message = *static_cast<const inet_diag_msg*>(NLMSG_DATA(header));
  TcpDiag entry{.state = static_cast<TcpState>(message.idiag_state),
                .local = address_of(message.idiag_family, message.id.idiag_src,
                                    message.id.idiag_sport, message.id.idiag_if),
                .remote = address_of(message.idiag_family, message.id.idiag_dst,
                                     message.id.idiag_dport, message.id.idiag_if),
                .inode = message.idiag_inode,
                .timer = static_cast<TcpTimer>(message.idiag_timer),
                .timer_ms = message.idiag_expires,
                .retransmits = message.idiag_retrans,
                .receive_queue = message.idiag_rqueue,
                .send_queue = message.idiag_wqueue,
                .cookie = {message.id.idiag_cookie[0], message.id.idiag_cookie[1]},
                .device = message.id.idiag_if};
  read_extensions(header, entry);
  return entry;
}

UdpDiag udp_entry_of(const nlmsghdr* header) {
  const TcpDiag same = entry_of(header);
  const auto* message = static_cast<const inet_diag_msg*>(NLMSG_DATA(header));
  const int left = static_cast<int>(header->nlmsg_len - NLMSG_LENGTH(sizeof *message));
  const nlattr* shut =
      nla_find(reinterpret_cast<const nlattr*>(message + 1), left, INET_DIAG_SHUTDOWN);
  constexpr unsigned receive = 1, send = 2;  // RCV_SHUTDOWN, SEND_SHUTDOWN
  const unsigned bits = shut != nullptr ? *static_cast<const std::uint8_t*>(nla_data(shut)) : 0;
  return {.local = same.local,
          .remote = same.remote,
          .inode = same.inode,
          .cookie = same.cookie,
          .shut_down_receive = (bits & receive) != 0,
          .shut_down_send = (bits & send) != 0};
}

inet_diag_req_v2 request_for(int family, int protocol = IPPROTO_TCP) {
  inet_diag_req_v2 request{};
  request.sdiag_family = static_cast<std::uint8_t>(family);
  request.sdiag_protocol = static_cast<std::uint8_t>(protocol);
  request.idiag_states = every_state;
  // Without it the kernel says nothing of MD5 keys either.
  request.idiag_ext = 1 << (INET_DIAG_INFO - 1);
  return request;
}

inet_diag_req_v2 request_for(const Address& local, const Address& remote) {
  inet_diag_req_v2 request = request_for(local.family);
  request.id.idiag_sport = htons(local.port);
  request.id.idiag_dport = htons(remote.port);
  std::memcpy(request.id.idiag_src, local.bytes.data(), local.bytes.size());
  std::memcpy(request.id.idiag_dst, remote.bytes.data(), remote.bytes.size());
  request.id.idiag_if = local.scope_id;
  request.id.idiag_cookie[0] = request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return request;
}

void dump(int protocol, std::string_view what, const std::function<void(const nlmsghdr*)>& each) {
  NetlinkSocket socket(NETLINK_SOCK_DIAG);
  for (const int family : {AF_INET, AF_INET6}) {
    const inet_diag_req_v2 request = request_for(family, protocol);
    NetlinkMessage message(SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | NLM_F_DUMP);
    message.append(&request, sizeof request);
    socket.dump(message, what, each);
  }
}

}  // namespace

std::vector<TcpDiag> dump_tcp() {
  std::vector<TcpDiag> entries;
  dump(IPPROTO_TCP, "dump of TCP sockets",
       [&](const nlmsghdr* header) { entries.push_back(entry_of(header)); });
  return entries;
}

std::vector<UdpDiag> dump_udp(bool lite) {
  std::vector<UdpDiag> entries;
  dump(lite ? IPPROTO_UDPLITE : IPPROTO_UDP, "dump of UDP sockets",
       [&](const nlmsghdr* header) { entries.push_back(udp_entry_of(header)); });
  return entries;
}

std::optional<TcpDiag> find_tcp(const Address& local, const Address& remote) {
  NetlinkSocket socket(NETLINK_SOCK_DIAG);
  const inet_diag_req_v2 request = request_for(local, remote);
  NetlinkMessage message(SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST);
  message.append(&request, sizeof request);
  std::optional<TcpDiag> found;
  const bool answered =
      socket.ask(message, fmt::format("look for {} > {}", to_text(local), to_text(remote)),
                 [&](const nlmsghdr* header) { found = entry_of(header); });
  // Where nothing is connected, the kernel answers with the listener.
  return answered && found && found->remote == remote ? found : std::nullopt;
}

void destroy_tcp(const TcpDiag& which) {
  NetlinkSocket socket(NETLINK_SOCK_DIAG);
  inet_diag_req_v2 request = request_for(which.local, which.remote);
  request.id.idiag_if = which.device;  // without it the kernel finds none that keeps to one
  request.id.idiag_cookie[0] = which.cookie[0];
  request.id.idiag_cookie[1] = which.cookie[1];
  NetlinkMessage message(SOCK_DESTROY, NLM_F_REQUEST | NLM_F_ACK);
  message.append(&request, sizeof request);
  static_cast<void>(socket.ask(
      message, fmt::format("SOCK_DESTROY {} > {}", to_text(which.local), to_text(which.remote)),
      [](const nlmsghdr*) {}));
}

}  // namespace sockcr
