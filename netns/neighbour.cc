#include "netns/neighbour.h"

#include <linux/neighbour.h>
#include <netlink/route/neighbour.h>

#include "engine/sys/interface.h"
#include "netns/netlink_object.h"

namespace sockcr::netns {

void add_neighbour(const std::string& device, const std::string& address, const Mac& mac) {
  NetlinkSocket socket(NETLINK_ROUTE);
  const NetlinkObject<rtnl_neigh> entry(rtnl_neigh_alloc(), rtnl_neigh_put);
  if (!entry) throw SystemError("rtnl_neigh_alloc", "", ENOMEM);
  const auto destination = network_address(address);
  const auto hardware = hardware_address(mac);
  rtnl_neigh_set_ifindex(entry.get(), static_cast<int>(interface_index(device)));
  rtnl_neigh_set_state(entry.get(), NUD_PERMANENT);
  rtnl_neigh_set_lladdr(entry.get(), hardware.get());
  netlink_checked(rtnl_neigh_set_dst(entry.get(), destination.get()), "set a neighbour");
  netlink_checked(rtnl_neigh_add(socket.get(), entry.get(), NLM_F_CREATE | NLM_F_REPLACE),
                  fmt::format("make {} a neighbour on {}", address, device));
}

}  // namespace sockcr::netns
