#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "syn_sent",
    .about =
        "ours has called connect and heard nothing: its SYN is lost, or the answer to it "
        "(delivered, "
        "twice with delivered_again); before the cut it may be repeated",
    .axes = {.sides = {Side::active},
             .queues = {Queues::empty},
             .details = {"", "delivered", "repeated", "delivered_again"},
             .narrowed = "who connects is active, and nothing can be queued yet"},
    .timeline = [](const Variant& v) -> Steps {
      const bool delivered = v.detail.starts_with("delivered");
      const bool repeated = v.detail == "repeated" || v.detail == "delivered_again";
      return {
          peer.listens(),
          delivered ? wire.loses_what_peer_sends() : wire.loses_what_ours_sends(),
          ours.connects(),
          delivered ? peer.is_kept_in(TcpState::syn_recv) : peer.is_gone(),
          repeated ? ours.retransmits_its_syn() : Step{},
          ours.is_in(TcpState::syn_sent),

          gate.closes(),
          ours.is_in(TcpState::syn_sent),
          cut(),
          gate.opens(),

          ours.comes_to(TcpState::established),
          peer.accepts(),
          talk(ours, peer),
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
