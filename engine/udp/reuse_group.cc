#include "engine/udp/reuse_group.h"

#include <linux/filter.h>
#include <algorithm>

#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"

namespace sockcr {

// Members of an IPv4 group are added at the head of their hash chain, those of an IPv6 group at its
// tail (sk_add_node_rcu).
PlaceInGroup place_in_group(int socket, const Address& local, const std::vector<UdpDiag>& dump) {
  std::vector<Cookie> members;
  for (const UdpDiag& one : dump) {
    if (one.local == local) members.push_back(one.cookie);
  }
  if (local.family == AF_INET) std::reverse(members.begin(), members.end());
  const auto own = std::find(members.begin(), members.end(), cookie_of(socket));
  if (own == members.end()) return {};
  return {static_cast<std::uint32_t>(own - members.begin()),
          static_cast<std::uint32_t>(members.size())};
}

ChosenMember::ChosenMember(int socket, bool lite) : socket_(socket) {
  const Address local = from_sockaddr(local_address(socket));
  sock_filter code[] = {
      {BPF_RET | BPF_K, 0, 0, place_in_group(socket, local, dump_udp(lite)).place}};
  const sock_fprog program{.len = 1, .filter = code};
  set_option_bytes(socket, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, "SO_ATTACH_REUSEPORT_CBPF",
                   &program, sizeof program);
}

ChosenMember::~ChosenMember() {
  const int nothing = 0;
  try {
    set_option_bytes(socket_, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, "SO_DETACH_REUSEPORT_BPF",
                     &nothing, sizeof nothing);
  } catch (const SystemError&) {  // the group has gone with its other members
  }
}

}  // namespace sockcr
