#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "congestion",
    .about =
        "the congestion control that ours has chosen is kept by its name; what it has learned "
        "of the path (cwnd, ssthresh, srtt) is lost on purpose",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::unsent, Queues::lost, Queues::all}},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          ours.chooses_congestion_control("cubic"),
          unread_bytes(v),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          late_bytes(v),
          ours.has_congestion_control("cubic"),
          cut(),
          gate.opens(),

          ours.has_congestion_control("cubic"),
          ours.reads_all(),
          peer.reads_all(),
          talk(ours, peer),
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
