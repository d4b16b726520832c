#include "scenarios/language/words.h"

namespace sockcr::scenario {
const Scenario the_scenario{
    .name = "timestamp_wrap",
    .about =
        "the clock of the time stamps wraps while ours is away: ours' own, or the peer's (peer); "
        "or it has just wrapped (past); or the peer's is in its upper half, where none at all "
        "looks later to PAWS (peer_upper)",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::unsent, Queues::lost, Queues::all},
             .options = {Options::ts},
             .details = {"", "peer", "past", "peer_upper"},
             .narrowed = "without time stamps there is no clock"},
    .timeline = [](const Variant& v) -> Steps {
      const bool upper = v.detail == "peer_upper", past = v.detail == "past";
      const bool of_peer = v.detail == "peer" || upper;
      const int ms = upper ? 1 << 30 : 60;  // 60: less than a cut takes
      return {
          establish(v),
          of_peer ? comes_near_its_wrap(peer, ours, ms) : comes_near_its_wrap(ours, peer, ms),
          past ? Steps{ours.sees_its_clock_wrap(), talk(ours, peer)} : Steps{},
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
          of_peer && !upper ? peer.sees_its_clock_wrap() : Step{},
          of_peer ? Step{} : ours.sees_its_clock_wrap(),
          talk(ours, peer),
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
