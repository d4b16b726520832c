#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "orphan_closing",
    .about =
        "both have closed at once and the program is done: the FINs have crossed, and the kernel "
        "still delivers what ours wrote, and its FIN",
    .axes = {.queues = {Queues::empty, Queues::unsent, Queues::lost},
             .narrowed = "closing with unread bytes would be a reset, and the FIN of the peer "
                         "acknowledges all that it has received"},
    .timeline = [](const Variant& v) -> Steps {
      const bool unsent = v.queues == Queues::unsent;
      const std::size_t bytes = v.queues == Queues::empty ? 0 : some_bytes;
      return {
          establish(v),
          unsent ? wire.refuses_what_ours_sends() : wire.loses_what_ours_sends(),
          ours.writes(bytes),
          ours.closes(),
          peer.shuts_down(),
          ours.is_kept_in(TcpState::closing),

          gate.closes(),
          ours.is_kept_in(TcpState::closing),
          cut(),
          ours.is_kept_in(TcpState::closing),
          gate.opens(),

          peer.reads_all(),
          peer.reads_eof(),
          peer.closes(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
