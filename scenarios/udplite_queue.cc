#include "scenarios/language/datagrams.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "udplite_queue",
    .about = "as udp_queue, of UDP-Lite",
    .axes = {.sides = {Side::passive},
             .queues = {Queues::empty, Queues::unread},
             .options = {Options::ts},
             .details = {"", "wildcard"},
             .narrowed = "datagrams have no side and no time stamps, and no queue but that of "
                         "what was not read"},
    .timeline = [](const Variant& v) -> Steps {
      const DatagramBinding how{.lite = true, .wildcard = v.detail == "wildcard"};
      return datagrams_around_a_cut(how, 1400, v.queues == Queues::unread);
    },
    .scenery = [](const Variant&) { return Scenery{.datagrams = true}; },
};

}  // namespace sockcr::scenario
