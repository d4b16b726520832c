#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "closing",
    .about = "both have closed at once: the FINs have crossed, ours is not acknowledged",
    .axes = {.queues = {Queues::empty, Queues::unread, Queues::unsent, Queues::lost, Queues::all},
             .narrowed = "the FIN of the peer acknowledges all that it has received, so nothing of "
                         "ours can be unacked in CLOSING"},
    .timeline = [](const Variant& v) -> Steps {
      const bool lost = v.queues == Queues::lost || v.queues == Queues::all;
      const bool unsent = v.queues == Queues::unsent || v.queues == Queues::all;
      const std::size_t lost_bytes = lost ? some_bytes : 0;
      return {
          establish(v),
          unread_bytes(v),
          wire.loses_what_ours_sends(),
          ours.writes(lost_bytes),
          unsent ? Steps{wire.refuses_what_ours_sends(), ours.writes(some_bytes)} : Steps{},
          ours.shuts_down(),
          peer.shuts_down(),
          ours.comes_to(TcpState::closing),
          unsent ? ours.has_unsent(some_bytes + 1) : ours.has_unsent(0),

          gate.closes(),
          ours.is_in(TcpState::closing),
          cut(),
          gate.opens(),

          peer.reads_all(),
          peer.reads_eof(),
          ours.reads_all(),
          ours.reads_eof(),
          ours.closes(),
          peer.closes(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
