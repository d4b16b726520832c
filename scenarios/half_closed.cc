#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "half_closed",
    .about = "the peer has closed its half: CLOSE_WAIT, its FIN and the queued bytes survive",
    .aliases = {"close_wait"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          unread_bytes(v),
          peer.shuts_down(),
          ours.comes_to(TcpState::close_wait),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          ours.is_in(TcpState::close_wait),
          cut(),
          gate.opens(),

          ours.is_in(TcpState::close_wait),
          ours.reads_all(),
          ours.reads_eof(),
          peer.reads_all(),

          ours.writes(some_bytes),
          peer.reads_all(),
          peer.comes_to(TcpState::fin_wait2),
          ours.closes(),
          peer.reads_eof(),
          peer.closes(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
