#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

CutPlan plan_of(const Variant& v) {
  if (v.detail == "two_images") return {.images = {{1}, {2}}};
  if (v.detail == "other_order") return {.images = {{1}, {2}}, .backwards = true};
  return {};
}

Steps goes_on(const Variant& v) {
  return {
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
  };
}

// The peer owes an ACK still when ours goes on, and has paid it with that of the FIN before it goes
// on itself.
Steps ends() {
  return {
      peer.shuts_down(),
      peer.comes_to(TcpState::fin_wait2),
      ours.writes(some_bytes),

      gate.closes(),
      ours.shuts_down(),
      ours.is_in(TcpState::last_ack),
      cut(),
      gate.opens(),

      peer.reads_all(),
      peer.reads_eof(),
      ours.reads_eof(),
      ours.closes(),
      peer.closes(),
  };
}

}  // namespace

const Scenario the_scenario{
    .name = "both_ends",
    .about =
        "both ends are ours, over loopback: in one process, in two of one image (two), in two of "
        "two images, restored in their order (two_images) or in the other (other_order); the "
        "connection ends behind the gate, and ours goes on first (last_ack)",
    .axes = {.sides = {Side::active},
             .queues = {Queues::empty, Queues::unread, Queues::unsent, Queues::lost},
             .details = {"", "two", "two_images", "other_order", "last_ack"},
             .without =
                 [](const Variant& v) {
                   return v.detail == "last_ack" && v.queues != Queues::empty;
                 },
             .narrowed = "both sides are ours; over loopback what is sent and what is acknowledged "
                         "pass the same wire, so that nothing is delivered without its ACK"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish_over_loopback(v, v.detail.empty() || v.detail == "last_ack" ? 1 : 2),
          v.detail == "last_ack" ? ends() : goes_on(v),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
