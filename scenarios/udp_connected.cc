#include "scenarios/language/datagrams.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "udp_connected",
    .about =
        "ours is connected to one peer and hears nobody else, but for what came before it was. "
        "wildcard: it was bound to no address in particular; shut: it sends no more",
    .axes = {.sides = {Side::active},
             .queues = {Queues::empty, Queues::unread},
             .options = {Options::ts},
             .details = {"", "wildcard", "shut", "lite"},
             .narrowed = "who connects is active; datagrams have no time stamps, and no queue but "
                         "that of what was not read"},
    .timeline = [](const Variant& v) -> Steps {
      const bool some = v.queues == Queues::unread, shut = v.detail == "shut";
      const DatagramBinding how{.lite = v.detail == "lite", .wildcard = v.detail == "wildcard"};
      const DatagramBinding theirs{.lite = how.lite};
      return {
          udp::ours.binds(how),
          udp::peer.binds(theirs),
          udp::client(1).binds(theirs),
          some ? udp::client(1).sends({11, 0}, udp::ours) : Step{},
          udp::ours.connects_to(udp::peer),
          udp::client(1).sends_in_vain({12}, udp::ours),
          some ? udp::peer.sends({13, 0, 1400}, udp::ours) : Step{},
          udp::ours.sends({14}, udp::peer),
          shut ? udp::ours.shuts_down() : Step{},

          gate.closes(),
          udp::peer.sends_in_vain({15}, udp::ours),
          udp::ours.is_as_it_was_told(),
          cut(),
          gate.opens(),

          udp::ours.is_as_it_was_told(),
          udp::client(1).sends_in_vain({16}, udp::ours),
          udp::peer.sends({17, 0}, udp::ours),
          udp::ours.reads_all(),
          shut ? udp::ours.cannot_send(udp::peer, EPIPE) : udp::ours.sends({18, 0}, udp::peer),
          udp::peer.reads_all(),
          udp::ours.closes(),
      };
    },
    .scenery = [](const Variant&) { return Scenery{.datagrams = true}; },
};

}  // namespace sockcr::scenario
