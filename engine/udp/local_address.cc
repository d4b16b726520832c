#include "engine/udp/local_address.h"

#include <linux/rtnetlink.h>
#include <netlink/attr.h>

#include "engine/gate/gate.h"
#include "engine/sys/error.h"
#include "engine/sys/netlink.h"

namespace sockcr {
namespace {

NetlinkMessage question_about(const Address& host) {
  const int length = host.family == AF_INET6 ? 16 : 4;
  rtmsg route{};
  route.rtm_family = static_cast<unsigned char>(host.family);
  route.rtm_dst_len = static_cast<unsigned char>(length * 8);
  NetlinkMessage message(RTM_GETROUTE, NLM_F_REQUEST);
  message.append(&route, sizeof route);
  netlink_checked(nla_put(message.get(), RTA_DST, length, host.bytes.data()), "RTA_DST");
  netlink_checked(nla_put_u32(message.get(), RTA_MARK, forged_mark), "RTA_MARK");
  if (host.scope_id != 0) {
    netlink_checked(nla_put_u32(message.get(), RTA_OIF, host.scope_id), "RTA_OIF");
  }
  return message;
}

}  // namespace

bool is_address_of_this_machine(const Address& address) {
  const Address host = unmapped(address);
  NetlinkSocket socket(NETLINK_ROUTE);
  bool is_local = false;
  try {
    static_cast<void>(socket.ask(
        question_about(host), "route to " + host_text(host), [&](const nlmsghdr* header) {
          is_local = static_cast<const rtmsg*>(NLMSG_DATA(header))->rtm_type == RTN_LOCAL;
        }));
  } catch (const SystemError&) {
    return false;  // there is no way to it at all
  }
  return is_local;
}

}  // namespace sockcr
