#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "established",
    .about = "neither side has closed: the conversation goes on, with every byte of every queue",
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          unread_bytes(v),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          late_bytes(v),
          ours.is_in(TcpState::established),
          cut(),
          gate.opens(),

          ours.is_in(TcpState::established),
          ours.reads_all(),
          peer.reads_all(),

          ours.writes(some_bytes),
          peer.reads_all(),
          peer.writes(some_bytes),
          ours.reads_all(),
          ours.closes(),
          peer.reads_eof(),
          peer.closes(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
