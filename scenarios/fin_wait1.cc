#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "fin_wait1",
    .about =
        "ours has closed its half and the FIN is not acknowledged: sent and lost, delivered, "
        "or still behind unsent bytes",
    .timeline = [](const Variant& v) -> Steps {
      const bool fin_waits = v.queues != Queues::unacked && v.queues != Queues::lost;
      const Steps fin = ours.shuts_down();
      return {
          establish(v),
          unread_bytes(v),
          undelivered_bytes(v),
          fin_waits ? Steps{} : fin,

          gate.closes(),
          unsent_bytes(v),
          fin_waits ? fin : Steps{},
          late_bytes(v),
          ours.is_in(TcpState::fin_wait1),
          cut(),
          gate.opens(),

          peer.reads_all(),
          peer.reads_eof(),
          ours.comes_to(TcpState::fin_wait2),
          ours.reads_all(),

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
