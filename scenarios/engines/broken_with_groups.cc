// Mistakes with multicast memberships.
#include <algorithm>

#include "scenarios/engines/mistake.h"

namespace sockcr::scenario {
namespace {

Mistake in_each(void (*edit)(UdpSocket&)) { return in_every<UdpSocket>(edit); }

// So that nothing in the queue speaks of them either.
void forget_groups(UdpSocket& socket) {
  socket.memberships.clear();
  socket.in_kernel_order = false;
  std::erase_if(socket.queue, [](const Datagram& one) { return !one.device.empty(); });
}

void forget_sources(UdpSocket& socket) {
  for (Membership& one : socket.memberships) {
    one.include = false;
    one.sources.clear();
  }
}

Mistake joined_in_list_order() {
  Mistake mistake;
  mistake.in_plan = [](SocketPlan& plan, const Socket&) {
    const auto is_join = [](const UdpAction& a) {
      return std::holds_alternative<udp_action::Join>(a);
    };
    const auto first = std::find_if(plan.datagrams.begin(), plan.datagrams.end(), is_join);
    std::reverse(first, std::find_if_not(first, plan.datagrams.end(), is_join));
  };
  return mistake;
}

}  // namespace

std::vector<EngineEntry> engines_broken_with_groups() {
  return {
      broken_entry("group-forgotten", "memberships are forgotten",
                   {"multicast_order.v4_passive_empty_ts", "multicast_order.v6_passive_unread_ts"},
                   in_each(forget_groups)),
      broken_entry("group-sources", "groups are heard from all sources",
                   {"multicast_order.v4_passive_unread_ts", "multicast_order.v6_passive_empty_ts"},
                   in_each(forget_sources)),
      broken_entry(
          "group-join-order", "groups are joined in the order in which the kernel shows them",
          {"multicast_order.v4_passive_empty_ts", "multicast_order.mapped_passive_unread_ts"},
          joined_in_list_order()),
  };
}

}  // namespace sockcr::scenario
