#include "scenarios/language/datagrams.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "udp_queue",
    .about =
        "ours has datagrams of two clients that it has not read, empty ones among them; what "
        "comes while the gate is closed is lost, as on any wire, and nothing else is. large: "
        "datagrams that come in fragments",
    .axes = {.sides = {Side::passive},
             .queues = {Queues::empty, Queues::unread},
             .options = {Options::ts},
             .details = {"", "wildcard", "v6only", "large"},
             .without =
                 [](const Variant& v) {
                   return (v.detail == "v6only" && v.family != Family::v6) ||
                          (v.detail == "large" && v.queues == Queues::empty);
                 },
             .narrowed = "datagrams have no side and no time stamps, and no queue but that of "
                         "what was not read"},
    .timeline = [](const Variant& v) -> Steps {
      const DatagramBinding how{.wildcard = v.detail == "wildcard" || v.detail == "v6only",
                                .v6_only = v.detail == "v6only"};
      const std::size_t long_one = v.detail == "large" ? 20'000 : 1400;
      return datagrams_around_a_cut(how, long_one, v.queues == Queues::unread);
    },
    .scenery = [](const Variant&) { return Scenery{.datagrams = true}; },
};

}  // namespace sockcr::scenario
