#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

// net.ipv4.tcp_retries2 is 15, which the kernel takes for a time: that of 15 retransmissions if the
// first timer ran 200 ms, each one twice as long as the last, and none above 120 s. Whoever is done
// with the socket has 8.
constexpr double of_a_program = 0.2 * 1023 + 6 * 120, of_an_orphan = 0.2 * 511;

// It ends with the first timer behind that time.
constexpr double last_timer = 120;

Steps gives_up() {
  return {
      ours.gives_up(anew_after(of_a_program).or_later(last_timer)),
      ours.is_told(ETIMEDOUT),
      ours.closes(),
  };
}

Step orphan_gives_up() { return ours.is_gone(anew_after(of_an_orphan).or_later(last_timer)); }

}  // namespace

const Scenario the_scenario{
    .name = "timer_retries",
    .about =
        "the wire is dead: what ours writes is sent again and again, until ours gives up after a "
        "quarter of an hour; an orphan does so after two minutes (orphan). A cut begins that time "
        "anew",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty},
             .details = {"", "orphan"},
             .narrowed = "the timeline itself fills the send queue"},
    .timeline = [](const Variant& v) -> Steps {
      const bool orphan = v.detail == "orphan";
      return {
          establish(v),
          wire.loses_what_ours_sends(),
          ours.writes(some_bytes),
          orphan ? Steps{ours.closes(), ours.is_kept_in(TcpState::fin_wait1)}
                 : Steps{ours.is_in(TcpState::established)},
          time_is_taken(),
          // Without BPF an orphan is read with its next retransmission: soon enough only this
          // early.
          time_passes(orphan ? 20 : 600),

          gate.closes(),
          orphan ? ours.is_kept_in(TcpState::fin_wait1) : ours.is_in(TcpState::established),
          cut(),
          wire.loses_what_ours_sends(),
          gate.opens(),

          orphan ? Steps{orphan_gives_up()} : gives_up(),
          peer.may_reset_behind_the_gate("nobody tells it that ours has given up"),
          peer.resets(),
          conversation_ends(),
      };
    },
    .waits =
        [](const Variant& v) { return std::chrono::seconds(v.detail == "orphan" ? 300 : 1900); },
};

}  // namespace sockcr::scenario
