// Mistakes with raw sockets.
#include <netinet/in.h>
#include <algorithm>

#include "scenarios/engines/mistake.h"

namespace sockcr::scenario {
namespace {

Mistake in_each(void (*edit)(RawSocket&)) { return in_every<RawSocket>(edit); }

Mistake without_option(int level, int number) {
  return in_every<RawSocket>([=](RawSocket& socket) {
    std::erase_if(socket.options,
                  [=](const OptionValue& o) { return o.level == level && o.number == number; });
  });
}

void repeat_the_last(RawSocket& socket) {
  if (!socket.queue.empty()) socket.queue.push_back(Datagram(socket.queue.back()));
}

}  // namespace

std::vector<EngineEntry> engines_broken_with_raw_sockets() {
  constexpr int icmp_filter = 1;
  return {
      broken_entry("raw-queue", "what a raw socket has not read is forgotten",
                   {"raw_socket.v4_active_unread_ts", "raw_socket.v6_active_unread_ts_icmp"},
                   in_each([](RawSocket& s) { s.queue.clear(); })),
      broken_entry("raw-twice", "the last packet of a raw socket comes back twice",
                   {"raw_socket.v4_active_unread_ts_connected", "raw_socket.v6_active_unread_ts"},
                   in_each(repeat_the_last)),
      broken_entry(
          "raw-unconnected", "a connected raw socket hears everybody",
          {"raw_socket.v4_active_empty_ts_connected", "raw_socket.v6_active_unread_ts_connected"},
          in_each([](RawSocket& s) { s.remote = {}; })),
      broken_entry(
          "header-included", "IP_HDRINCL is forgotten",
          {"raw_socket.v4_active_empty_ts_hdrincl", "raw_socket.v4_active_unread_ts_hdrincl"},
          without_option(IPPROTO_IP, IP_HDRINCL)),
      broken_entry("icmp-filter", "ICMP_FILTER is forgotten",
                   {"raw_socket.v4_active_empty_ts_icmp", "raw_socket.v4_active_unread_ts_icmp"},
                   without_option(SOL_RAW, icmp_filter)),
      broken_entry("router-alert", "IP_ROUTER_ALERT is forgotten",
                   {"raw_socket.v4_active_empty_ts_router_alert",
                    "raw_socket.v4_active_unread_ts_router_alert"},
                   without_option(IPPROTO_IP, IP_ROUTER_ALERT)),
      broken_entry(
          "ip-options", "IP_OPTIONS is forgotten",
          {"raw_socket.v4_active_empty_ts_options", "raw_socket.v4_active_unread_ts_options"},
          without_option(IPPROTO_IP, IP_OPTIONS)),
  };
}

}  // namespace sockcr::scenario
