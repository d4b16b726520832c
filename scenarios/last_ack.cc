#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "last_ack",
    .about = "both have closed, the peer first; the FIN of ours is not acknowledged",
    .timeline = [](const Variant& v) -> Steps {
      const bool fin_waits = v.queues != Queues::unacked && v.queues != Queues::lost;
      const Steps fin = ours.shuts_down();
      return {
          establish(v),
          unread_bytes(v),
          peer.shuts_down(),
          ours.comes_to(TcpState::close_wait),
          peer.comes_to(TcpState::fin_wait2),
          undelivered_bytes(v),
          fin_waits ? Steps{} : fin,

          gate.closes(),
          unsent_bytes(v),
          fin_waits ? fin : Steps{},
          ours.is_in(TcpState::last_ack),
          cut(),
          gate.opens(),

          peer.reads_all(),
          peer.reads_eof(),
          ours.comes_to(TcpState::close),
          ours.reads_all(),
          ours.reads_eof(),
          ours.closes(),
          peer.closes(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
