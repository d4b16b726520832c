#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr std::size_t few_bytes = 100;  // one segment, and so one RST at most

bool peer_gives_up(const Variant& v) { return v.detail == "gives_up"; }

int seconds_of(const Variant& v) {
  if (peer_gives_up(v)) return 2;
  return v.detail == "half_a_minute" ? 30 : 1;
}

// Of the peer: it gives up after 1.4 s (0.2, 0.4 and 0.8); or goes on, every two seconds, for
// longer than the gap.
std::vector<netns::SysctlOverride> retries_of(const Variant& v) {
  constexpr netns::End peer = netns::End::peer;
  if (peer_gives_up(v)) return {{"net.ipv4.tcp_retries2", "2", peer}};
  if (v.detail != "half_a_minute") return {};
  return {{"net.ipv4.tcp_rto_max_ms", "2000", peer}, {"net.ipv4.tcp_retries2", "60", peer}};
}

// What ours has to say finds nobody any more.
Steps finds_nobody() {
  const std::string why = "it has given up, and knows nothing of ours any more";
  return {peer.has_error(),
          peer.is_told(ETIMEDOUT),
          peer.may_reset_behind_the_gate(why),
          peer.may_reset_behind_the_gate(why),
          gate.opens(),
          ours.has_error(),
          ours.is_told(ECONNRESET),
          ours.closes(),
          peer.closes()};
}

Steps goes_on() {
  return {gate.opens(),     ours.is_in(TcpState::established),
          ours.reads_all(), peer.reads_all(),
          talk(ours, peer), part(ours, peer)};
}

}  // namespace

const Scenario the_scenario{
    .name = "gap",
    .about =
        "a second passes between the checkpoint and the restore, or half a minute "
        "(half_a_minute), and the peer goes on sending; or two seconds, and it gives up before "
        "ours is back (gives_up): then ours is told so by its first segment",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::all},
             .details = {"", "gives_up"},
             .long_details = {"half_a_minute"},
             .without =
                 [](const Variant& v) { return peer_gives_up(v) && v.queues != Queues::empty; },
             .narrowed = "where the peer gives up, the timeline itself fills the queues"},
    .sysctls = retries_of,
    .timeline = [](const Variant& v) -> Steps {
      const bool gives_up = peer_gives_up(v);
      return {
          establish(v),
          unread_bytes(v),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          late_bytes(v),
          gives_up ? Steps{ours.writes(few_bytes), peer.writes(few_bytes)} : Steps{},
          ours.is_in(TcpState::established),
          cut({.gap_seconds = seconds_of(v)}),
          gives_up ? finds_nobody() : goes_on(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
