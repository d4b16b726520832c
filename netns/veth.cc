#include "netns/veth.h"

#include <fmt/format.h>
#include <linux/if.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <string_view>

#include "engine/sys/interface.h"
#include "engine/sys/netlink.h"
#include "engine/sys/poll.h"
#include "netns/netlink_object.h"

namespace sockcr::netns {
namespace {

using namespace std::chrono_literals;

void describe(rtnl_link* link, const VethEnd& end) {
  rtnl_link_set_name(link, end.device.c_str());
  if (!end.mac) return;
  const auto mac = hardware_address(*end.mac);
  rtnl_link_set_addr(link, mac.get());
}

// An rtnl_link that says nothing but which device is meant, or what of it shall change.
NetlinkObject<rtnl_link> blank_link() {
  NetlinkObject<rtnl_link> link(rtnl_link_alloc(), rtnl_link_put);
  if (!link) throw SystemError("rtnl_link_alloc", "", ENOMEM);
  return link;
}

void change(const std::string& device, void (*how)(rtnl_link* link, unsigned flags),
            std::string_view word) {
  NetlinkSocket socket(NETLINK_ROUTE);
  const auto which = blank_link(), changed = blank_link();
  rtnl_link_set_ifindex(which.get(), static_cast<int>(interface_index(device)));
  how(changed.get(), IFF_UP);
  netlink_checked(rtnl_link_change(socket.get(), which.get(), changed.get(), 0),
                  fmt::format("set {} {}", device, word));
}

bool sends(NetlinkSocket& socket, const std::string& device) {
  rtnl_link* found = nullptr;
  netlink_checked(rtnl_link_get_kernel(socket.get(), 0, device.c_str(), &found),
                  fmt::format("look at {}", device));
  const NetlinkObject<rtnl_link> link(found, rtnl_link_put);
  const char* queue = rtnl_link_get_qdisc(link.get());
  return rtnl_link_get_operstate(link.get()) == IF_OPER_UP && queue != nullptr &&
         std::string_view(queue) != "noop";
}

}  // namespace

void make_veth(const VethEnd& here, const VethEnd& there, const NetworkNamespace& other) {
  NetlinkSocket socket(NETLINK_ROUTE);
  const NetlinkObject<rtnl_link> link(rtnl_link_veth_alloc(), rtnl_link_veth_release);
  if (!link) throw SystemError("rtnl_link_veth_alloc", "", ENOMEM);
  const NetlinkObject<rtnl_link> far(rtnl_link_veth_get_peer(link.get()), rtnl_link_put);
  describe(link.get(), here);
  describe(far.get(), there);
  rtnl_link_set_ns_fd(far.get(), other.get());
  netlink_checked(rtnl_link_add(socket.get(), link.get(), NLM_F_CREATE | NLM_F_EXCL),
                  fmt::format("create the veth pair {}, {}", here.device, there.device));
}

void set_up(const std::string& device) { change(device, rtnl_link_set_flags, "up"); }

void set_down(const std::string& device) { change(device, rtnl_link_unset_flags, "down"); }

void set_mtu(const std::string& device, unsigned bytes) {
  NetlinkSocket socket(NETLINK_ROUTE);
  const auto which = blank_link(), changed = blank_link();
  rtnl_link_set_ifindex(which.get(), static_cast<int>(interface_index(device)));
  rtnl_link_set_mtu(changed.get(), bytes);
  netlink_checked(rtnl_link_change(socket.get(), which.get(), changed.get(), 0),
                  fmt::format("set the MTU of {} to {}", device, bytes));
}

void await_carrier(const std::string& device) {
  NetlinkSocket socket(NETLINK_ROUTE);
  constexpr auto link_comes_up = 20s;  // a work queue of the kernel, which has others to serve
  if (!poll_until(link_comes_up, [&] { return sends(socket, device); })) {
    throw SystemError("netlink", fmt::format("{} has no carrier", device), ETIMEDOUT);
  }
}

}  // namespace sockcr::netns
