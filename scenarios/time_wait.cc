#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "time_wait",
    .about =
        "ours has closed first and its program may be gone: TIME_WAIT, found without a "
        "descriptor; its last ACK is lost, and it answers the repeated FIN with another one",
    .axes = {.queues = {Queues::empty}, .narrowed = "in TIME_WAIT nothing is queued"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          ours.closes(),
          peer.reads_eof(),
          ours.is_kept_in(TcpState::fin_wait2),
          wire.loses_what_ours_sends(),
          peer.closes(),
          ours.is_kept_in(TcpState::time_wait),
          peer.is_kept_in(TcpState::last_ack),

          gate.closes(),
          ours.is_kept_in(TcpState::time_wait),
          cut(),
          ours.is_kept_in(TcpState::time_wait),
          gate.opens(),

          peer.is_gone(),
          ours.is_kept_in(TcpState::time_wait),
          ours.said_last_what_it_must(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
