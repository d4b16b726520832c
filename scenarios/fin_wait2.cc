#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "fin_wait2",
    .about = "ours has closed its half and the peer has acknowledged it; the peer goes on writing",
    .axes = {.queues = {Queues::empty, Queues::unread, Queues::all},
             .narrowed =
                 "in FIN_WAIT2 everything of ours is acknowledged: nothing of it is queued"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          unread_bytes(v),
          ours.shuts_down(),
          ours.comes_to(TcpState::fin_wait2),

          gate.closes(),
          late_bytes(v),
          ours.is_in(TcpState::fin_wait2),
          cut(),
          gate.opens(),

          ours.is_in(TcpState::fin_wait2),
          ours.reads_all(),
          peer.reads_eof(),

          peer.writes(some_bytes),
          ours.reads_all(),
          peer.closes(),
          ours.reads_eof(),
          ours.closes(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
