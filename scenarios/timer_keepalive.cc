#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr SocketOption<int> keepalive{SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE"};

// What the kernel does where no program has chosen anything else.
constexpr int idle = 7200, interval = 75, count = 9;

Steps is_answered() {
  return {
      ours.speaks(anew_after(idle)),
      time_is_taken(),
      ours.speaks(after(idle)),
      talk(ours, peer),
      part(ours, peer),
      conversation_ends(),
  };
}

Steps is_not_answered() {
  return {
      wire.loses_what_peer_sends(),
      ours.may_reset_behind_the_gate("none of its probes has been answered"),
      ours.gives_up(anew_after(idle + count * interval)),
      ours.has_sent_since(count + 1, count + 1),
      ours.is_told(ETIMEDOUT),
      ours.closes(),
      peer.has_error(),
      peer.is_told(ECONNRESET),
      peer.closes(),
      conversation_ends(),
  };
}

}  // namespace

const Scenario the_scenario{
    .name = "timer_keepalive",
    .about =
        "nobody says anything for two hours: keepalive asks whether the peer is there, and it is; "
        "or (gone) it does not answer, nine times, and ours gives up. A cut after an hour, or "
        "between the probes (probed), begins the two hours anew",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty},
             .details = {"", "gone", "probed"},
             .narrowed = "what is in flight has another timer"},
    .timeline = [](const Variant& v) -> Steps {
      const bool probed = v.detail == "probed";
      return {
          establish(v),
          ours.sets(keepalive, 1),
          ours.acknowledges(),
          time_is_taken(),
          probed ? Steps{wire.loses_what_peer_sends(), ours.speaks(after(idle)),
                         time_passes(3 * interval)}
                 : Steps{time_passes(idle / 2)},

          gate.closes(),
          ours.has_set(keepalive, 1),
          cut(),
          gate.opens(),

          ours.has_set(keepalive, 1),
          v.detail.empty() ? is_answered() : is_not_answered(),
      };
    },
    .waits = [](const Variant&) { return std::chrono::hours(6); },
};

}  // namespace sockcr::scenario
