#include "netns/switch.h"

#include <fmt/format.h>
#include <netlink/route/link.h>
#include <netlink/route/link/bridge.h>

#include "engine/sys/error.h"
#include "engine/sys/interface.h"
#include "netns/netlink_object.h"
#include "netns/offload.h"
#include "netns/sysctl.h"

namespace sockcr::netns {
namespace {

constexpr const char* bridge = "switch0";

// Devices that have no address need no IPv6, which would talk to neighbours and routers.
void be_silent() {
  for (const char* which : {"all", "default"}) {
    write_sysctl(fmt::format("net.ipv6.conf.{}.disable_ipv6", which), "1");
  }
}

// Without the spanning tree protocol, which is the default, a port forwards as soon as it is up.
void make_bridge() {
  NetlinkSocket socket(NETLINK_ROUTE);
  const NetlinkObject<rtnl_link> link(rtnl_link_bridge_alloc(), rtnl_link_put);
  if (!link) throw SystemError("rtnl_link_bridge_alloc", "", ENOMEM);
  rtnl_link_set_name(link.get(), bridge);
  const int result = rtnl_link_add(socket.get(), link.get(), NLM_F_CREATE | NLM_F_EXCL);
  if (result == -NLE_OPNOTSUPP) throw Unsupported("a bridge", "this kernel has none");
  netlink_checked(result, "create a bridge");
  set_up(bridge);
}

}  // namespace

Switch::Switch() : inside_(NetworkNamespace::create()) {
  const NetworkNamespace::Scope scope(inside_);
  be_silent();
  make_bridge();
}

void Switch::lay_cable(const std::string& port, const VethEnd& far,
                       const NetworkNamespace& where) const {
  const NetworkNamespace::Scope scope(inside_);
  make_veth({port, std::nullopt}, far, where);
  disable_offloads(port);
  NetlinkSocket socket(NETLINK_ROUTE);
  netlink_checked(rtnl_link_enslave_ifindex(socket.get(), static_cast<int>(interface_index(bridge)),
                                            static_cast<int>(interface_index(port))),
                  fmt::format("make {} a port", port));
}

void Switch::plug_in(const std::string& port) const {
  const NetworkNamespace::Scope scope(inside_);
  set_up(port);
  await_carrier(port);
}

void Switch::unplug(const std::string& port) const {
  const NetworkNamespace::Scope scope(inside_);
  set_down(port);
}

}  // namespace sockcr::netns
