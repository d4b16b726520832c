#include "scenarios/language/datagrams.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "udp_corked",
    .about =
        "ours has begun a datagram (UDP_CORK; more: MSG_MORE), which no call reads: it is sent "
        "into the gate, heard there, and begun again. no_tap: a gate that hears nothing, where it "
        "is refused by name",
    .axes = {.sides = {Side::active},
             .queues = {Queues::unread},
             .options = {Options::ts},
             .details = {"", "more", "lite", "no_tap"},
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
          v.detail == "no_tap" ? cut_is_refused("a corked datagram of udp") : cut(),
          gate.opens(),

          udp::ours.is_as_it_was_told(),
          udp::ours.reads_all(),
          udp::ours.ends_its_datagram(50, udp::peer),
          udp::peer.reads_all(),
          udp::ours.closes(),
      };
    },
    .scenery =
        [](const Variant& v) {
          return Scenery{.link_gate = v.detail == "no_tap", .datagrams = true};
        },
};

}  // namespace sockcr::scenario
