#include "netns/route.h"

#include <linux/rtnetlink.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>

#include "engine/sys/interface.h"
#include "netns/netlink_object.h"

namespace sockcr::netns {

void add_narrow_route(const std::string& device, const std::string& host, unsigned mtu) {
  NetlinkSocket socket(NETLINK_ROUTE);
  const NetlinkObject<rtnl_route> route(rtnl_route_alloc(), rtnl_route_put);
  rtnl_nexthop* const hop = rtnl_route_nh_alloc();
  if (!route || hop == nullptr) throw SystemError("rtnl_route_alloc", "", ENOMEM);
  rtnl_route_nh_set_ifindex(hop, static_cast<int>(interface_index(device)));
  rtnl_route_add_nexthop(route.get(), hop);  // which owns it from here on
  const auto destination = network_address(host);
  netlink_checked(rtnl_route_set_dst(route.get(), destination.get()), "set a route");
  rtnl_route_set_scope(route.get(), RT_SCOPE_LINK);
  rtnl_route_set_metric(route.get(), RTAX_MTU, mtu);
  netlink_checked(rtnl_route_add(socket.get(), route.get(), NLM_F_CREATE | NLM_F_REPLACE),
                  fmt::format("route {} by {} bytes through {}", host, mtu, device));
}

}  // namespace sockcr::netns
