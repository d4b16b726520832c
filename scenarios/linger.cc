#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "linger",
    .about =
        "what ours' last close(2) does is kept: to wait (SO_LINGER and TCP_LINGER2), or to "
        "reset (reset: SO_LINGER of 0 seconds)",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::unsent, Queues::lost},
             .details = {"", "reset"}},
    .timeline = [](const Variant& v) -> Steps {
      const int seconds = v.detail == "reset" ? 0 : 5;
      return {
          establish(v),
          ours.sets_linger(seconds),
          ours.sets(option::linger2, 17),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          cut(),
          gate.opens(),

          ours.has_linger(seconds),
          ours.has_set(option::linger2, 17),
          peer.reads_all(),
          talk(ours, peer),
          v.detail == "reset" ? Steps{ours.may_reset_behind_the_gate("SO_LINGER of 0 seconds"),
                                      ours.closes(), peer.reads_error(ECONNRESET), peer.closes()}
                              : part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
