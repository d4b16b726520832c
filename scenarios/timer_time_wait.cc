#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "timer_time_wait",
    .about =
        "TIME_WAIT lasts for a minute; a cut in its middle begins it anew, as every segment that "
        "comes late does without one",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty},
             .narrowed = "in TIME_WAIT nothing is queued, and a mapped address is one of IPv4"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          ours.closes(),
          peer.reads_eof(),
          ours.is_kept_in(TcpState::fin_wait2),
          peer.closes(),
          ours.is_kept_in(TcpState::time_wait),
          time_is_taken(),
          time_passes(20),

          gate.closes(),
          ours.is_kept_in(TcpState::time_wait),
          cut(),
          gate.opens(),

          ours.is_kept_in(TcpState::time_wait),
          ours.is_gone(anew_after(60)),
          conversation_ends(),
      };
    },
    .waits = [](const Variant&) { return std::chrono::seconds(2 * 20 + 68); },
};

}  // namespace sockcr::scenario
