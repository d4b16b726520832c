// Mistakes with socket filters.
#include <sys/socket.h>
#include <algorithm>

#include "scenarios/engines/mistake.h"

namespace sockcr::scenario {
namespace {

// Every kind that may have one.
template <class Edit>
Mistake in_filtered(const Edit& edit) {
  Mistake mistake;
  mistake.in_image = [edit](Image& image) {
    for (Socket& socket : image.sockets) {
      std::visit(
          [&](auto& kind) {
            if constexpr (requires { kind.filter; }) edit(kind);
          },
          socket);
    }
  };
  return mistake;
}

// It acts on what is put back.
Mistake attached_too_early() {
  Mistake mistake;
  mistake.in_plan = [](SocketPlan& plan, const Socket& socket) {
    const auto* udp = std::get_if<UdpSocket>(&socket);
    if (udp == nullptr || is_none(udp->filter)) return;
    const auto refill = std::find_if(
        plan.datagrams.begin(), plan.datagrams.end(),
        [](const UdpAction& a) { return std::holds_alternative<udp_action::PutBack>(a); });
    plan.datagrams.insert(refill, udp_action::AttachFilter{udp->filter});
  };
  return mistake;
}

}  // namespace

std::vector<EngineEntry> engines_broken_with_filters() {
  return {
      broken_entry("filter-lost", "socket filters are forgotten",
                   {"socket_filter.v4_active_empty_ts_tcp", "socket_filter.v6_active_unread_ts_udp",
                    "socket_filter.v4_active_empty_ts_listener",
                    "socket_filter.v6_active_empty_ts_tcp_program"},
                   in_filtered([](auto& kind) { kind.filter = {}; })),
      broken_entry(
          "filter-unlocked", "filters can be taken off",
          {"socket_filter.v6_active_unsent_ts_tcp", "socket_filter.v4_active_empty_ts_udp"},
          in_filtered([](auto& kind) {
            std::erase_if(kind.options, [](const OptionValue& o) {
              return o.level == SOL_SOCKET && o.number == SO_LOCK_FILTER;
            });
          })),
      broken_entry(
          "filter-early", "a filter drops what is put back",
          {"socket_filter.v4_active_unread_ts_udp", "socket_filter.v6_active_unread_ts_lite"},
          attached_too_early()),
  };
}

}  // namespace sockcr::scenario
