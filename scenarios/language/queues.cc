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

// Delivered first, lost behind it: the other way round the peer would hold a hole. Once there are
// bytes on the wire no fault begins any more: a busy machine may need longer for that than a
// retransmission timer runs.
Steps undelivered_bytes(const Variant& v, At at) {
  const bool unacked = holds(v, Queues::unacked), lost = holds(v, Queues::lost);
  const std::size_t delivered = unacked ? some_bytes : 0;
  Steps steps;
  if (unacked) steps.append(wire.loses_what_peer_sends(at));
  if (lost) steps.append(wire.loses_what_ours_sends_behind(delivered, at));
  if (unacked) {
    steps.append(
        {ours.writes(some_bytes, at), peer.reads_all(at), ours.has_unacked(some_bytes, at)});
  }
  if (lost) {
    steps.append({ours.writes(some_bytes, at), ours.has_unacked(delivered + some_bytes, at),
                  ours.has_unsent(0, at)});
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
