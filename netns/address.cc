#include "netns/address.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netlink/route/addr.h>

#include "engine/sys/interface.h"
#include "engine/sys/poll.h"
#include "netns/netlink_object.h"
#include "netns/route.h"

namespace sockcr::netns {
namespace {

using namespace std::chrono_literals;

NetlinkMessage route_question(nl_addr* address) {
  NetlinkMessage message(RTM_GETROUTE, NLM_F_REQUEST);
  rtmsg header{};
  header.rtm_family = static_cast<unsigned char>(nl_addr_get_family(address));
  header.rtm_dst_len = static_cast<unsigned char>(nl_addr_get_prefixlen(address));
  message.append(&header, sizeof header);
  netlink_checked(nla_put_addr(message.get(), RTA_DST, address), "ask for a route");
  return message;
}

// The type of the route that a packet to `address` would take; no route is RTN_UNREACHABLE.
unsigned char route_type(NetlinkSocket& socket, nl_addr* address) {
  unsigned char type = RTN_UNREACHABLE;
  try {
    socket.dump(route_question(address), "ask for a route", [&](const nlmsghdr* answer) {
      type = static_cast<const rtmsg*>(nlmsg_data(answer))->rtm_type;
    });
  } catch (const SystemError&) {
    return RTN_UNREACHABLE;
  }
  return type;
}

void await_route(const std::string& address, unsigned char type) {
  NetlinkSocket socket(NETLINK_ROUTE);
  nl_socket_disable_auto_ack(socket.get());  // the route itself is the answer
  const auto wanted = network_address(address);
  if (!poll_until(2s, [&] { return route_type(socket, wanted.get()) == type; })) {
    throw SystemError("netlink", fmt::format("no route to {} comes up", address), ETIMEDOUT);
  }
}

// An address at a device, as rtnetlink speaks of it.
class Assignment {
 public:
  Assignment(const std::string& device, const std::string& address)
      : object_(rtnl_addr_alloc(), rtnl_addr_put) {
    if (!object_) throw SystemError("rtnl_addr_alloc", "", ENOMEM);
    const auto local = network_address(address);
    rtnl_addr_set_ifindex(object_.get(), static_cast<int>(interface_index(device)));
    netlink_checked(rtnl_addr_set_local(object_.get(), local.get()), "set an address");
    if (nl_addr_get_family(local.get()) == AF_INET6) {
      rtnl_addr_set_flags(object_.get(), IFA_F_NODAD | IFA_F_PERMANENT);
    }
  }
  rtnl_addr* get() const { return object_.get(); }
  bool is_ipv6() const { return rtnl_addr_get_family(object_.get()) == AF_INET6; }

 private:
  NetlinkObject<rtnl_addr> object_;
};

std::string without_prefix(const std::string& address) {
  return address.substr(0, address.find('/'));
}

}  // namespace

// IPv6 delivers to a new address when a work queue has had its turn, one address after the other
// for all namespaces, each waiting for the lock of all devices: where many namespaces come and go,
// that was seen to take longer than twenty seconds. A route of our own delivers at once.
void add_address(const std::string& device, const std::string& address) {
  const Assignment wanted(device, address);
  NetlinkSocket socket(NETLINK_ROUTE);
  netlink_checked(rtnl_addr_add(socket.get(), wanted.get(), 0),
                  fmt::format("add {} to {}", address, device));
  if (wanted.is_ipv6()) add_local_route(device, without_prefix(address));
}

void remove_address(const std::string& device, const std::string& address) {
  const Assignment unwanted(device, address);
  NetlinkSocket socket(NETLINK_ROUTE);
  netlink_checked(rtnl_addr_delete(socket.get(), unwanted.get(), 0),
                  fmt::format("remove {} from {}", address, device));
  if (unwanted.is_ipv6()) remove_local_route(device, without_prefix(address));
}

void await_local_route(const std::string& address) { await_route(address, RTN_LOCAL); }

void await_route_to(const std::string& address) { await_route(address, RTN_UNICAST); }

}  // namespace sockcr::netns
