#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "orphan_fin_wait2",
    .about =
        "the program has closed and all is acknowledged; the kernel waits for the peer's FIN, for "
        "a minute, or as long as TCP_LINGER2 said (linger2)",
    .axes = {.queues = {Queues::empty},
             .details = {"", "linger2"},
             .narrowed = "in FIN_WAIT2 nothing of ours is queued, and what the peer writes to an "
                         "orphan would be answered by a reset"},
    .timeline = [](const Variant& v) -> Steps {
      const int seconds = v.detail == "linger2" ? 20 : 60;
      return {
          establish(v),
          v.detail == "linger2" ? ours.lingers_in_fin_wait2(seconds) : Step{},
          ours.closes(),
          peer.reads_eof(),
          ours.is_kept_in(TcpState::fin_wait2),

          gate.closes(),
          ours.is_kept_in(TcpState::fin_wait2),
          ours.is_kept_for_at_most(seconds),
          cut(),
          ours.is_kept_in(TcpState::fin_wait2),
          ours.is_kept_for_at_most(seconds),
          gate.opens(),

          ours.is_kept_in(TcpState::fin_wait2),
          peer.closes(),
          ours.is_kept_in(TcpState::time_wait),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
