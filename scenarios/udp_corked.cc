#include "scenarios/language/datagrams.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "udp_corked",
    .about =
        "ours has begun a datagram (UDP_CORK; more: MSG_MORE) and no call reads it: it is refused "
        "by name, before anything is touched, and the datagram is sent whole",
    .axes = {.sides = {Side::active},
             .queues = {Queues::unread},
             .options = {Options::ts},
             .details = {"", "more", "lite"},
             .narrowed = "datagrams have no side and no time stamps; the queue shows that nothing "
                         "was touched"},
    .timeline = [](const Variant& v) -> Steps {
      const DatagramBinding how{.lite = v.detail == "lite"};
      return {
          udp::ours.binds(how),
          udp::peer.binds(how),
          udp::ours.connects_to(udp::peer),
          udp::peer.sends({10, 0, 20, 0}, udp::ours),
          udp::ours.begins_a_datagram(100, v.detail != "more"),

          gate.closes(),
          cut_is_refused("a corked datagram of udp"),
          gate.opens(),

          udp::ours.is_as_it_was_told(),
          udp::ours.reads_all(),
          udp::ours.ends_its_datagram(50, udp::peer),
          udp::peer.reads_all(),
          udp::ours.closes(),
      };
    },
    .scenery = [](const Variant&) { return Scenery{.datagrams = true}; },
};

}  // namespace sockcr::scenario
