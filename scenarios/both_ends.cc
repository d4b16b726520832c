#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

CutPlan plan_of(const Variant& v) {
  if (v.detail == "two_images") return {.images = {{1}, {2}}};
  if (v.detail == "other_order") return {.images = {{1}, {2}}, .backwards = true};
  return {};
}

}  // namespace

const Scenario the_scenario{
    .name = "both_ends",
    .about =
        "both ends are ours, over loopback: in one process, in two of one image (two), in two of "
        "two images, restored in their order (two_images) or in the other (other_order)",
    .axes = {.sides = {Side::active},
             .queues = {Queues::empty, Queues::unread, Queues::unsent, Queues::lost},
             .details = {"", "two", "two_images", "other_order"},
             .narrowed = "both sides are ours; over loopback what is sent and what is acknowledged "
                         "pass the same wire, so that nothing is delivered without its ACK"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish_over_loopback(v, v.detail == "" ? 1 : 2),
          unread_bytes(v),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          v.queues == Queues::unsent ? peer.writes(some_bytes) : Step{},
          ours.is_in(TcpState::established),
          peer.is_in(TcpState::established),
          cut(plan_of(v)),
          gate.opens(),

          ours.reads_all(),
          peer.reads_all(),
          talk(ours, peer),
          part(peer, ours),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
