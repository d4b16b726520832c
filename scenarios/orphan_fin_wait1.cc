#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "orphan_fin_wait1",
    .about =
        "the program has closed and is done, and the kernel still delivers what it wrote and "
        "the FIN behind it; the peer reads every byte, and goes on in its own time",
    .axes = {.queues = {Queues::empty, Queues::unsent, Queues::unacked, Queues::lost},
             .narrowed =
                 "closing with unread bytes would be a reset, and so would be what the peer "
                 "writes to an orphan"},
    .timeline = [](const Variant& v) -> Steps {
      const bool fin_waits = v.queues == Queues::empty || v.queues == Queues::unsent;
      const std::size_t bytes = v.queues == Queues::empty ? 0 : some_bytes;
      return {
          establish(v),
          undelivered_bytes(v),
          fin_waits ? Steps{wire.refuses_what_ours_sends(), ours.writes(bytes)} : Steps{},
          ours.closes(),
          ours.is_kept_in(TcpState::fin_wait1),

          gate.closes(),
          ours.is_kept_in(TcpState::fin_wait1),
          ours.is_kept_with(0, bytes + 1),
          cut(),
          ours.is_kept_in(TcpState::fin_wait1),
          gate.opens(),

          peer.reads_all(),
          peer.reads_eof(),
          ours.is_kept_in(TcpState::fin_wait2),
          peer.closes(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
