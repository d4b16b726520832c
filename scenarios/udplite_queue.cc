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
      const DatagramBinding client{.lite = true};
      const bool some = v.queues == Queues::unread;
      return {
          udp::ours.binds(how),
          udp::client(1).binds(client),
          udp::client(2).binds(client),
          udp::client(1).sends({10, 1400}, udp::ours),
          udp::ours.reads_all(),
          udp::ours.sends({20}, udp::client(1)),
          some ? Steps{udp::client(1).sends({100, 0, 1400}, udp::ours),
                       udp::client(2).sends({1, 0, 0}, udp::ours),
                       udp::client(1).sends({30, 0}, udp::ours)}
               : Steps{},

          gate.closes(),
          udp::client(1).sends_in_vain({40, 0}, udp::ours),
          udp::ours.cannot_send(udp::client(1), EPERM),
          udp::ours.is_as_it_was_told(),
          cut(),
          udp::client(2).sends_in_vain({50}, udp::ours),
          gate.opens(),

          udp::ours.is_as_it_was_told(),
          udp::client(2).sends({60, 0, 1400}, udp::ours),
          udp::ours.reads_all(),
          udp::ours.sends({70, 0, 1400}, udp::client(1)),
          udp::ours.sends({80}, udp::client(2)),
          udp::client(1).reads_all(),
          udp::client(2).reads_all(),
          udp::ours.closes(),
      };
    },
    .scenery = [](const Variant&) { return Scenery{.datagrams = true}; },
};

}  // namespace sockcr::scenario
