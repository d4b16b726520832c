#include "scenarios/language/groups.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr int of_ours = 4, all_groups = 5;  // the last is somebody else's of ours' machine
const DatagramEnd neighbour{Speaker::ours, "neighbour", 7009};

Steps ours_joins_its_groups() {
  static_assert(of_ours + 1 == all_groups);
  return {
      group(1).is_joined_by(udp::ours, HeardFrom::all),
      group(2).is_joined_by(udp::ours, HeardFrom::the_first_only),
      group(3).is_joined_twice_by(udp::ours),
      group(4).is_joined_by(udp::ours, HeardFrom::all_but_the_second),
      hears_its_own_groups_only(udp::ours),
      group(all_groups).is_joined_by(neighbour, HeardFrom::all),
  };
}

}  // namespace

const Scenario the_scenario{
    .name = "multicast_order",
    .about =
        "ours is a member of multicast groups, by source and by device, and hears of them the "
        "same before and after; what it joined last the kernel finds first. mapped: an IPv6 "
        "socket that has joined groups of IPv4",
    .axes = {.sides = {Side::passive},
             .queues = {Queues::empty, Queues::unread},
             .options = {Options::ts},
             .details = {"", "lite"},
             .narrowed = "datagrams have no side and no time stamps, and no queue but that of "
                         "what was not read"},
    .timeline = [](const Variant& v) -> Steps {
      const DatagramBinding how{.lite = v.detail == "lite", .wildcard = true};
      return {
          udp::ours.binds(how),
          neighbour.binds(how),
          senders_speak(how.lite),
          ours_joins_its_groups(),
          senders_send_to_groups(all_groups),
          udp::ours.reads_all(),
          v.queues == Queues::unread ? senders_send_to_groups(all_groups) : Step{},

          gate.closes(),
          senders_send_to_groups_in_vain(all_groups),
          udp::ours.is_as_it_was_told(),
          cut(),
          gate.opens(),

          udp::ours.is_as_it_was_told(),
          senders_send_to_groups(all_groups),
          udp::ours.reads_all(),
          group(3).is_left_where_it_was_joined_last_by(udp::ours),
          senders_send_to_groups(all_groups),
          udp::ours.reads_all(),
          neighbour.reads_all(),
          udp::ours.closes(),
          neighbour.closes(),
      };
    },
    .scenery = [](const Variant&) { return Scenery{.datagrams = true}; },
};

}  // namespace sockcr::scenario
