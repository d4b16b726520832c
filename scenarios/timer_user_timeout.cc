#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr SocketOption<int> user_timeout{IPPROTO_TCP, TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT"};
constexpr int half_an_hour = 1800;

}  // namespace

const Scenario the_scenario{
    .name = "timer_user_timeout",
    .about =
        "the wire is dead, and ours gives up when TCP_USER_TIMEOUT says so, after half an hour. A "
        "cut begins it anew",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty},
             .narrowed = "the timeline itself fills the send queue"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          ours.sets(user_timeout, half_an_hour * 1000),
          wire.loses_what_ours_sends(),
          ours.writes(some_bytes),
          time_is_taken(),
          time_passes(half_an_hour / 3),

          gate.closes(),
          ours.has_set(user_timeout, half_an_hour * 1000),
          cut(),
          wire.loses_what_ours_sends(),
          gate.opens(),

          ours.gives_up(anew_after(half_an_hour)),
          ours.is_told(ETIMEDOUT),
          ours.closes(),
          peer.may_reset_behind_the_gate("nobody tells it that ours has given up"),
          peer.resets(),
          conversation_ends(),
      };
    },
    .waits = [](const Variant&) { return std::chrono::seconds(2 * half_an_hour); },
};

}  // namespace sockcr::scenario
