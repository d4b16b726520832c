#include "netns/route.h"

#include <linux/rtnetlink.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>

#include "engine/sys/interface.h"
#include "netns/netlink_object.h"

namespace sockcr::netns {

namespace {

// To one host through a device.
NetlinkObject<rtnl_route> route_to(const std::string& host, const std::string& device) {
  NetlinkObject<rtnl_route> route(rtnl_route_alloc(), rtnl_route_put);
  rtnl_nexthop* const hop = rtnl_route_nh_alloc();
  if (!route || hop == nullptr) throw SystemError("rtnl_route_alloc", "", ENOMEM);
  rtnl_route_nh_set_ifindex(hop, static_cast<int>(interface_index(device)));
  rtnl_route_add_nexthop(route.get(), hop);  // which owns it from here on
  const auto destination = network_address(host);
  netlink_checked(rtnl_route_set_dst(route.get(), destination.get()), "set a route");
  return route;
}

NetlinkObject<rtnl_route> local_route_to(const std::string& host, const std::string& device) {
  NetlinkObject<rtnl_route> route = route_to(host, device);
  netlink_checked(rtnl_route_set_type(route.get(), RTN_LOCAL), "set a route");
  rtnl_route_set_table(route.get(), RT_TABLE_LOCAL);
  return route;
}

}  // namespace

void add_narrow_route(const std::string& device, const std::string& host, unsigned mtu) {
  const NetlinkObject<rtnl_route> route = route_to(host, device);
  rtnl_route_set_scope(route.get(), RT_SCOPE_LINK);
  rtnl_route_set_metric(route.get(), RTAX_MTU, mtu);
  NetlinkSocket socket(NETLINK_ROUTE);
  netlink_checked(rtnl_route_add(socket.get(), route.get(), NLM_F_CREATE | NLM_F_REPLACE),
                  fmt::format("route {} by {} bytes through {}", host, mtu, device));
}

void add_local_route(const std::string& device, const std::string& host) {
  NetlinkSocket socket(NETLINK_ROUTE);
  netlink_checked(rtnl_route_add(socket.get(), local_route_to(host, device).get(), NLM_F_CREATE),
                  fmt::format("deliver {} at {}", host, device));
}

void remove_local_route(const std::string& device, const std::string& host) {
  NetlinkSocket socket(NETLINK_ROUTE);
  netlink_checked(rtnl_route_delete(socket.get(), local_route_to(host, device).get(), 0),
                  fmt::format("deliver {} at {} no longer", host, device));
}

}  // namespace sockcr::netns
