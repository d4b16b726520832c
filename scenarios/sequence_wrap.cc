#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr Sequence written_by_ours = 3000, written_by_peer = 60'000;  // when it is established

bool sends(const Variant& v) { return v.side == Side::active; }

// What the queue holds whose numbers wrap.
Sequence length_of(const Variant& v) {
  return v.queues == Queues::all && sends(v) ? 3 * some_bytes : some_bytes;
}

// Who connects chooses the number of its SYN. In front of the queue the first byte has the number
// 0, in its middle one byte of it, behind it the next.
//
//        isn | written before | queue          |
//                             0        0       0
//                             front   middle   end
Special number_of_the_syn(const Variant& v) {
  const Sequence front = sends(v) ? written_by_ours : written_by_peer;
  const Sequence length = length_of(v);
  const Sequence place = v.detail == "front" ? front
                         : v.detail == "end" ? front + length
                                             : front + length / 2;
  return chooses_first_number(v, 0U - (place + 1));
}

}  // namespace

const Scenario the_scenario{
    .name = "sequence_wrap",
    .about =
        "sequence numbers wrap in the queues: in the middle, at the front (its first byte has the "
        "number 0), at the end; ours' where ours connects, the peer's where the peer does",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::unread, Queues::unsent, Queues::unacked,
                        Queues::lost, Queues::all},
             .details = {"", "front", "end"},
             .without =
                 [](const Variant& v) {
                   if (v.queues == Queues::all) return false;
                   if (v.queues == Queues::empty) return v.detail != "front";
                   return sends(v) == (v.queues == Queues::unread);
                 },
             .narrowed = "only who connects can choose its first number, and the queue that wraps "
                         "is not empty but where it wraps in front of it"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v, number_of_the_syn(v)),
          unread_bytes(v),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          late_bytes(v),
          ours.is_in(TcpState::established),
          cut(),
          gate.opens(),

          ours.is_in(TcpState::established),
          ours.reads_all(),
          peer.reads_all(),
          talk(ours, peer),
          part(peer, ours),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
