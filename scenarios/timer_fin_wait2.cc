#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

// Of more than a minute the kernel waits what is above it, and then the same once more
// (tcp_keepalive_timer): 100 s are 80.
int seconds_of(const Variant& v) {
  if (v.detail == "long") return 80;
  return v.detail == "linger2" ? 20 : 60;
}

int seconds_to_the_cut(const Variant& v) { return v.detail == "long" ? 10 : seconds_of(v) / 4; }

Step lingers(const Variant& v) {
  if (v.detail.empty()) return {};
  return ours.lingers_in_fin_wait2(v.detail == "long" ? 100 : 20);
}

}  // namespace

const Scenario the_scenario{
    .name = "timer_fin_wait2",
    .about =
        "the program has closed and the peer does not: the kernel waits for its FIN for a minute, "
        "or as long as TCP_LINGER2 said (linger2), in two stages where that is more (long). A cut "
        "in between does not lengthen it",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty},
             .details = {"", "linger2", "long"},
             .narrowed = "in FIN_WAIT2 nothing of ours is queued, and what the peer writes to an "
                         "orphan would be answered by a reset"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          lingers(v),
          ours.closes(),
          peer.reads_eof(),
          ours.is_kept_in(TcpState::fin_wait2),
          time_is_taken(),
          time_passes(seconds_to_the_cut(v)),

          gate.closes(),
          ours.is_kept_in(TcpState::fin_wait2),
          cut(),
          gate.opens(),

          ours.is_kept_in(TcpState::fin_wait2),
          // TCP_LINGER2 has seconds, and each stage is rounded up.
          ours.is_gone(after(seconds_of(v)).or_later(2)),
          peer.may_reset_behind_the_gate("nobody is there any more who would hear its FIN"),
          peer.resets(),
          conversation_ends(),
      };
    },
    .waits = [](const Variant& v) { return std::chrono::seconds(2 * seconds_of(v)); },
};

}  // namespace sockcr::scenario
