#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

using Sysctls = std::vector<netns::SysctlOverride>;

Sysctls sysctls_of(const Variant& v) {
  if (v.detail == "wscale_14") {
    return {{"net.ipv4.tcp_rmem", "4096 131072 1073741824", netns::End::ours}};
  }
  if (v.detail == "no_wscale") return {{"net.ipv4.tcp_window_scaling", "0", netns::End::peer}};
  if (v.detail == "equal_wscale") return {{"net.ipv4.tcp_rmem", "4096 131072 33554432"}};
  if (v.detail == "nosack") return {{"net.ipv4.tcp_sack", "0", netns::End::peer}};
  if (v.detail == "fast_open") return sysctls_of_fast_open();
  if (v.detail == "accecn") return {{"net.ipv4.tcp_ecn", "3"}};
  if (v.detail == "ecn") return {{"net.ipv4.tcp_ecn", "1"}};
  return {};
}

Special special_of(const Variant& v) {
  if (v.detail == "fast_open") return writes_into_its_syn(v);
  Special special{.usual_handshake = false};
  const auto limit = [&](int mss) {
    special.text = ", the peer's MSS " + std::to_string(mss);
    special.peer = [mss](int socket) { set_option(socket, option::max_segment, mss); };
  };
  if (v.detail == "mss_536") limit(536);
  if (v.detail == "mss_88") limit(88);
  if (v.detail == "wscale_0") {
    special.text = ", ours with a small buffer";
    special.ours = [](int socket) { set_option(socket, option::receive_buffer, 32'000); };
  }
  return special;
}

constexpr unsigned wide = 9100, narrow = 1000;
constexpr std::size_t least_headers = 20 + 20;

Steps begin(const Variant& v) {
  if (v.detail == "mss_9000") {
    return {establish(v, special_of(v)), ours.sends_up_to(wide - least_headers)};
  }
  if (v.detail == "pmtu") {
    return {wire.is_narrow_for_ours(narrow), establish(v, special_of(v)),
            ours.sends_up_to(narrow - least_headers)};
  }
  return establish(v, special_of(v));
}

}  // namespace

const Scenario the_scenario{
    .name = "negotiated",
    .about =
        "what the handshake agreed on is kept: window scales 0, 14, equal and none, an MSS of "
        "536, of 88 and of 9000, one that the path is too narrow for (pmtu), no SACK, time stamps "
        "in microseconds (usec). ECN is lost on purpose: "
        "no system call turns it on (ecn, accecn); and so is that the SYN bore bytes, which is "
        "history (fast_open)",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::unread, Queues::unsent, Queues::lost, Queues::all},
             .details = {"wscale_0", "wscale_14", "equal_wscale", "no_wscale", "mss_536", "mss_88",
                         "nosack", "usec", "ecn", "mss_9000", "pmtu", "fast_open", "accecn"},
             .without =
                 [](const Variant& v) {
                   if (v.detail == "mss_88") return v.queues == Queues::all;
                   if (v.detail == "accecn") return v.queues != Queues::empty;
                   return v.detail == "usec" && v.options == Options::nots;
                 },
             .narrowed = "what has no time stamps counts no microseconds in them, and a congestion "
                         "window holds few segments of 88 bytes"},
    .sysctls = sysctls_of,
    .timeline = [](const Variant& v) -> Steps {
      const bool usec = v.detail == "usec";
      return {
          begin(v),
          usec ? Steps{ours.counts_in_microseconds(), talk(ours, peer)} : Steps{},
          unread_bytes(v),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          late_bytes(v),
          ours.is_in(TcpState::established),
          cut(),
          gate.opens(),

          ours.is_in(TcpState::established),
          ours.reads_all(),
          peer.reads_all(),
          talk(ours, peer),
          part(peer, ours),
          v.detail == "pmtu" ? ours.has_sent_at_most(narrow - least_headers) : Step{},
          conversation_ends(),
      };
    },
    .scenery = [](const Variant& v) -> Scenery {
      return {.mtu = v.detail == "mss_9000" ? wide : 0};
    },
};

}  // namespace sockcr::scenario
