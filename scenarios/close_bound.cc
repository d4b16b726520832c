#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "close_bound",
    .about = "ours has a socket that was never connected, bound or not; then it connects",
    .axes = {.sides = {Side::active},
             .queues = {Queues::empty},
             .details = {"", "wildcard", "address", "unbound"},
             .narrowed = "what was never connected has no side and no queues; then it connects"},
    .timeline = [](const Variant& v) -> Steps {
      const Binding binding{.bound = v.detail != "unbound",
                            .wildcard = v.detail == "wildcard",
                            .port = v.detail.empty() || v.detail == "wildcard"};
      return {
          ours.binds(binding),

          gate.closes(),
          ours.is_in(TcpState::close),
          ours.is_bound_to(binding),
          cut(),
          gate.opens(),

          ours.is_in(TcpState::close),
          ours.is_bound_to(binding),
          peer.listens(),
          ours.connects(),
          ours.comes_to(TcpState::established),
          peer.accepts(),
          talk(ours, peer),
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
