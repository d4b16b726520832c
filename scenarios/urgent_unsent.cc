#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

bool is_inline(const Variant& v) { return v.detail == "inline"; }

// Each part in one write, for what is queued before TCP knows of a mark is queued in pieces longer
// than a segment, and a retransmission of those names wrong bytes (tcp_gso_segment).
Steps marked_bytes(const Variant& v) {
  if (v.detail == "first") return {ours.writes_urgently(1), ours.writes(some_bytes)};
  if (v.detail == "last") return {ours.writes_urgently(some_bytes)};
  return {ours.writes_urgently(some_bytes), ours.writes(some_bytes)};
}

std::size_t written(const Variant& v) {
  if (v.detail == "first") return 1 + some_bytes;
  return v.detail == "last" ? some_bytes : 2 * some_bytes;
}

Steps peer_finds_the_mark(const Variant& v) {
  if (is_inline(v)) return {peer.reads_up_to_the_mark()};
  return {peer.reads_up_to_the_mark(), peer.reads_the_urgent_byte(), peer.has_no_urgent_byte()};
}

// Delivered, and their ACK lost; or never delivered.
Steps sent_bytes(const Variant& v) {
  if (v.queues == Queues::unacked) {
    return {wire.loses_what_peer_sends(), marked_bytes(v),
            peer_finds_the_mark(v),       peer.reads_all(),
            ours.has_unsent(0),           ours.has_unacked(written(v))};
  }
  if (v.queues == Queues::lost) {
    return {wire.loses_what_ours_sends(), marked_bytes(v), ours.has_unacked(written(v)),
            ours.has_unsent(0)};
  }
  return {};
}

}  // namespace

const Scenario the_scenario{
    .name = "urgent_unsent",
    .about =
        "an urgent byte of ours that the peer has not acknowledged: unsent, lost, or delivered; "
        "among other bytes, first or last of them; the peer finds it once, where it was",
    .axes = {.families = {Family::v4, Family::v6},
             .sides = {Side::active},
             .queues = {Queues::unsent, Queues::unacked, Queues::lost},
             .options = {Options::ts},
             .details = {"", "first", "last", "inline"},
             .narrowed = "the queues are those of the mark; who connected, and what else the "
                         "handshake agreed on, does not touch it"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          is_inline(v) ? peer.reads_urgent_data_inline() : Step{},
          sent_bytes(v),

          gate.closes(),
          v.queues == Queues::unsent ? marked_bytes(v) : Steps{},
          ours.is_in(TcpState::established),
          cut(),
          gate.opens(),

          v.queues == Queues::unacked ? Steps{} : peer_finds_the_mark(v),
          peer.reads_all(),
          is_inline(v) ? Step{} : peer.has_no_urgent_byte(),
          talk(ours, peer),
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
