#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "out_of_order",
    .about =
        "ours has received and SACKed what lies behind a hole: no byte is lost. What lay "
        "behind the hole is thrown away on purpose, as RFC 2018 (8) allows, and the peer "
        "sends it again",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::unread, Queues::unsent, Queues::lost}},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),         unread_bytes(v),         wire.loses_the_next_segment_of_peer(),
          peer.writes(100),     peer.writes(some_bytes), peer.has_heard_of_bytes_behind_a_hole(),
          undelivered_bytes(v),

          gate.closes(),        unsent_bytes(v),         cut(),
          gate.opens(),

          ours.reads_all(),     peer.reads_all(),        talk(ours, peer),
          part(peer, ours),     conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
