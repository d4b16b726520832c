#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "close",
    .about = "both have closed and acknowledged: CLOSE, with bytes that were never read",
    .axes = {.queues = {Queues::empty, Queues::unread},
             .narrowed = "in CLOSE everything of ours is acknowledged, and the peer has closed"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          unread_bytes(v),
          peer.shuts_down(),
          ours.comes_to(TcpState::close_wait),
          ours.shuts_down(),
          ours.comes_to(TcpState::close),
          peer.reads_eof(),

          gate.closes(),
          ours.is_in(TcpState::close),
          cut(),
          gate.opens(),

          ours.is_in(TcpState::close),
          ours.reads_all(),
          ours.reads_eof(),
          ours.cannot_write(),
          ours.closes(),
          peer.closes(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
