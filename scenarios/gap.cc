#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "gap",
    .about = "a second passes between the checkpoint and the restore, and the peer goes on sending",
    .axes = {.families = {Family::v4, Family::v6}, .queues = {Queues::empty, Queues::all}},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          unread_bytes(v),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          late_bytes(v),
          ours.is_in(TcpState::established),
          cut({.with_a_gap = true}),
          gate.opens(),

          ours.is_in(TcpState::established),
          ours.reads_all(),
          peer.reads_all(),
          talk(ours, peer),
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
