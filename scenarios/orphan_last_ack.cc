#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "orphan_last_ack",
    .about =
        "both have closed, the peer first, and the program is done: the kernel still delivers "
        "what ours wrote, and its FIN",
    .axes = {.queues = {Queues::empty, Queues::unsent, Queues::unacked, Queues::lost},
             .narrowed = "closing with unread bytes would be a reset"},
    .timeline = [](const Variant& v) -> Steps {
      const bool fin_waits = v.queues == Queues::empty || v.queues == Queues::unsent;
      const std::size_t bytes = v.queues == Queues::empty ? 0 : some_bytes;
      return {
          establish(v),
          peer.shuts_down(),
          ours.comes_to(TcpState::close_wait),
          peer.comes_to(TcpState::fin_wait2),
          undelivered_bytes(v),
          fin_waits ? Steps{wire.refuses_what_ours_sends(), ours.writes(bytes)} : Steps{},
          ours.closes(),
          ours.is_kept_in(TcpState::last_ack),

          gate.closes(),
          ours.is_kept_in(TcpState::last_ack),
          cut(),
          ours.is_kept_in(TcpState::last_ack),
          gate.opens(),

          peer.reads_all(),
          peer.reads_eof(),
          ours.is_gone(),
          peer.closes(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
