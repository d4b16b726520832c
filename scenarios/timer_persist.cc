#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

// No two probes of a closed window are further apart.
constexpr double longest = 120;

// A probe each two minutes; behind a cut up to eight more, as the pauses grow from a second again.
Steps is_answered() {
  return {
      time_is_taken(),   ours.speaks(after(0).or_later(longest)),
      time_passes(3600), ours.has_sent_since(3600 / 120 - 4, 3600 / 120 + 9),
      peer.reads_all(),  talk(ours, peer),
      part(ours, peer),  conversation_ends(),
  };
}

// After 15 probes (net.ipv4.tcp_retries2): in a control from 0.2 s on, behind a cut from 1 s, and
// without time stamps from 3 s (TCP_TIMEOUT_FALLBACK): what is sent again measures no round trip.
Steps is_not_answered(const Variant& v) {
  const double later = v.options == Options::nots ? 500 : 400;
  return {
      wire.loses_what_peer_sends(),
      ours.gives_up(anew_after(900).or_later(later)),
      ours.is_told(ETIMEDOUT),
      ours.closes(),
      peer.may_reset_behind_the_gate("nobody tells it that ours has given up"),
      peer.resets(),
      conversation_ends(),
  };
}

}  // namespace

const Scenario the_scenario{
    .name = "timer_persist",
    .about =
        "the peer does not read for an hour, and its window is closed: ours asks for it again and "
        "again, at last every two minutes, and never gives up; or (gone) it is not answered, 15 "
        "times, and gives up. A cut begins the pauses and the count anew",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty},
             .details = {"", "gone"},
             .narrowed = "the timeline itself fills the queues"},
    .timeline = [](const Variant& v) -> Steps {
      const bool gone = v.detail == "gone";
      return {
          establish(v),
          ours.sets(option::send_buffer, 16'384),
          ours.writes_until_nothing_moves(),
          gone ? wire.loses_what_peer_sends() : Step{},
          time_is_taken(),
          time_passes(600),

          gate.closes(),
          ours.is_in(TcpState::established),
          cut(),
          gate.opens(),

          ours.is_in(TcpState::established),
          gone ? is_not_answered(v) : is_answered(),
      };
    },
    .waits = [](const Variant&) { return std::chrono::seconds(5400); },
};

}  // namespace sockcr::scenario
