#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

bool holds(const Variant& v, Queues queues) {
  return v.queues == queues || v.queues == Queues::all;
}

}  // namespace

// Their ACK may still be owed when the gate closes: it is delayed by up to 40 ms.
Steps unread_bytes(const Variant& v, At at) {
  if (!holds(v, Queues::unread)) return {};
  return {peer.writes(some_bytes, at), ours.has_unread(some_bytes, at)};
}

// Delivered first, lost behind it: the other way round the peer would hold a hole. Both within the
// 200 ms of the retransmission timer: what it finds unacknowledged closes the congestion window.
Steps undelivered_bytes(const Variant& v, At at) {
  Steps steps;
  std::size_t in_flight = 0;
  if (holds(v, Queues::unacked)) {
    in_flight += some_bytes;
    steps.append({wire.loses_what_peer_sends(at),
                  holds(v, Queues::lost) ? wire.prepares_another_fault(at) : Step{},
                  ours.writes(some_bytes, at), peer.reads_all(at),
                  ours.has_unacked(in_flight, at)});
  }
  if (holds(v, Queues::lost)) {
    in_flight += some_bytes;
    steps.append({wire.loses_what_ours_sends(at), ours.writes(some_bytes, at),
                  ours.has_unacked(in_flight, at), ours.has_unsent(0, at)});
  }
  return steps;
}

Steps unsent_bytes(const Variant& v, At at) {
  if (!holds(v, Queues::unsent)) return {};
  return {ours.writes(some_bytes, at), ours.has_unsent(some_bytes, at)};
}

Steps late_bytes(const Variant& v, At at) {
  if (v.queues != Queues::all) return {};
  return {peer.writes(some_bytes, at), peer.has_unacked(some_bytes, at)};
}

}  // namespace sockcr::scenario
