#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

CutPlan plan_of(const Variant& v) {
  if (v.detail == "older") return written_by_another(OtherMachine::up_for_longer);
  if (v.detail == "ahead") return written_by_another(OtherMachine::ahead);
  if (v.detail == "behind") return written_by_another(OtherMachine::behind);
  return written_by_another(OtherMachine::booted_later);
}

}  // namespace

const Scenario the_scenario{
    .name = "clock_shift",
    .about =
        "the image comes from a machine whose clocks show other times: it was booted later, "
        "or long before (older), or its time of day is ahead (ahead), or so far behind that a "
        "clock that believed it would leap back (behind); the peer sees time stamps that go on",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::unread, Queues::unsent, Queues::lost, Queues::all},
             .details = {"", "older", "ahead", "behind"}},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          unread_bytes(v),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          late_bytes(v),
          v.detail == "behind" ? ours.may_leap_ahead("which clock is right, nobody knows") : Step{},
          cut(plan_of(v)),
          gate.opens(),

          ours.is_in(TcpState::established),
          ours.reads_all(),
          peer.reads_all(),
          talk(ours, peer),
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
