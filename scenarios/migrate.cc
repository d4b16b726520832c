#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

// Behind a pulled cable TCP believes that what it writes was sent.
Steps lost_bytes(const Variant& v) {
  if (v.detail != "link" || v.queues != Queues::lost) return {};
  return {ours.writes(some_bytes), ours.has_unacked(some_bytes), ours.has_unsent(0)};
}

}  // namespace

const Scenario the_scenario{
    .name = "migrate",
    .about =
        "ours goes on in another namespace, behind another Ethernet address, and with two cuts "
        "comes back; link: without a firewall, the cable is the gate; new_address: there it has "
        "another IP address, and its peer is cut too, to be told",
    .axes = {.queues = {Queues::empty, Queues::lost, Queues::all},
             .details = {"", "link", "new_address"},
             .without =
                 [](const Variant& v) { return v.detail == "link" && v.queues == Queues::all; },
             .narrowed = "what a queue holds does not tell it where it is: all stands for the "
                         "others; nothing that is written behind a pulled cable stays unsent"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          unread_bytes(v),
          v.detail == "link" ? Steps{} : undelivered_bytes(v),

          gate.closes(),
          lost_bytes(v),
          unsent_bytes(v),
          late_bytes(v),
          ours.is_in(TcpState::established),
          cut(),
          gate.opens(),

          ours.is_in(TcpState::established),
          ours.reads_all(),
          peer.reads_all(),
          talk(ours, peer),
          talk(peer, ours),
          peer_finds_ours(),
          part(ours, peer),
          conversation_ends(),
      };
    },
    .scenery = [](const Variant& v) -> Scenery {
      return {.always_moves = true,
              .link_gate = v.detail == "link",
              .new_address = v.detail == "new_address"};
    },
};

}  // namespace sockcr::scenario
