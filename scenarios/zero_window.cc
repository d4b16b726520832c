#include "scenarios/language/words.h"

namespace sockcr::scenario {
const Scenario the_scenario{
    .name = "zero_window",
    .about =
        "nobody reads, until every queue is full and both windows are closed: all of it is "
        "delivered when they read again (ours first, or peer first)",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty},
             .details = {"", "of_ours", "of_peer", "peer_reads_first"},
             .narrowed = "the timeline itself fills the queues"},
    .timeline = [](const Variant& v) -> Steps {
      const bool closes_ours = v.detail != "of_peer", closes_peer = v.detail != "of_ours";
      const bool peer_first = v.detail == "peer_reads_first";
      return {
          establish(v),
          ours.sets(option::send_buffer, 16'384),
          peer.sets(option::send_buffer, 16'384),
          closes_peer ? ours.writes_until_nothing_moves() : Step{},
          closes_ours ? peer.writes_until_nothing_moves() : Step{},

          gate.closes(),
          ours.is_in(TcpState::established),
          cut(),
          gate.opens(),

          ours.is_in(TcpState::established),
          peer_first ? peer.reads_all() : ours.reads_all(),
          peer_first ? ours.reads_all() : peer.reads_all(),
          talk(ours, peer),
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
