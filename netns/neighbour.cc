#include "netns/neighbour.h"

#include <linux/neighbour.h>
#include <netlink/route/neighbour.h>
#include <algorithm>

#include "engine/sys/interface.h"
#include "netns/netlink_object.h"

namespace sockcr::netns {

void add_neighbour(const std::string& device, const std::string& address, const Mac& mac,
                   Lasting lasting) {
  NetlinkSocket socket(NETLINK_ROUTE);
  const NetlinkObject<rtnl_neigh> entry(rtnl_neigh_alloc(), rtnl_neigh_put);
  if (!entry) throw SystemError("rtnl_neigh_alloc", "", ENOMEM);
  const auto destination = network_address(address);
  const auto hardware = hardware_address(mac);
  rtnl_neigh_set_ifindex(entry.get(), static_cast<int>(interface_index(device)));
  rtnl_neigh_set_state(entry.get(), lasting == Lasting::permanent ? NUD_PERMANENT : NUD_REACHABLE);
  rtnl_neigh_set_lladdr(entry.get(), hardware.get());
  netlink_checked(rtnl_neigh_set_dst(entry.get(), destination.get()), "set a neighbour");
  netlink_checked(rtnl_neigh_add(socket.get(), entry.get(), NLM_F_CREATE | NLM_F_REPLACE),
                  fmt::format("make {} a neighbour on {}", address, device));
}

std::optional<Mac> neighbour(const std::string& device, const std::string& address) {
  NetlinkSocket socket(NETLINK_ROUTE);
  nl_cache* all = nullptr;
  netlink_checked(rtnl_neigh_alloc_cache(socket.get(), &all), "look at the neighbours");
  const NetlinkObject<nl_cache> cache(all, nl_cache_put);
  const auto wanted = network_address(address);
  const NetlinkObject<rtnl_neigh> entry(
      rtnl_neigh_get(cache.get(), static_cast<int>(interface_index(device)), wanted.get()),
      rtnl_neigh_put);
  nl_addr* const hardware = entry ? rtnl_neigh_get_lladdr(entry.get()) : nullptr;
  Mac mac{};
  if (hardware == nullptr || nl_addr_get_len(hardware) != mac.size()) return std::nullopt;
  const auto* const bytes = static_cast<const std::uint8_t*>(nl_addr_get_binary_addr(hardware));
  std::copy_n(bytes, mac.size(), mac.begin());
  return mac;
}

}  // namespace sockcr::netns
