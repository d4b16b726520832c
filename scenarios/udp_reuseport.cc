#include "scenarios/language/datagrams.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr int members = 3;

// Whether the places of the group are those in which its members were bound.
Steps each_gets_its_own(std::size_t length) {
  Steps steps;
  for (int place = 0; place < members; ++place) {
    steps.append({udp::member(1).chooses_place(place),
                  udp::client(1).sends({length, 0}, udp::member(place + 1))});
  }
  steps.append(udp::member(1).lets_its_group_choose_freely());
  return steps;
}

Steps each(const std::function<Step(const DatagramEnd&)>& what) {
  Steps steps;
  for (int number = 1; number <= members; ++number) steps.append(what(udp::member(number)));
  return steps;
}

}  // namespace

const Scenario the_scenario{
    .name = "udp_reuseport",
    .about =
        "three sockets of ours share a port (SO_REUSEPORT), each with its own queue; the group "
        "has its order. lite: UDP-Lite",
    .axes = {.sides = {Side::passive},
             .queues = {Queues::empty, Queues::unread},
             .options = {Options::ts},
             .details = {"", "wildcard", "lite"},
             .narrowed = "datagrams have no side and no time stamps, and no queue but that of "
                         "what was not read"},
    .timeline = [](const Variant& v) -> Steps {
      const DatagramBinding how{
          .lite = v.detail == "lite", .wildcard = v.detail == "wildcard", .reuse_port = true};
      return {
          each([&](const DatagramEnd& member) { return member.binds(how); }),
          udp::client(1).binds({.lite = how.lite}),
          v.queues == Queues::unread ? each_gets_its_own(5) : Steps{},

          gate.closes(),
          each([](const DatagramEnd& member) { return member.is_as_it_was_told(); }),
          cut(),
          gate.opens(),

          each([](const DatagramEnd& member) { return member.is_as_it_was_told(); }),
          each_gets_its_own(6),
          each([](const DatagramEnd& member) { return member.reads_all(); }),
          each([](const DatagramEnd& member) { return member.sends({7}, udp::client(1)); }),
          udp::client(1).reads_all(),
          each([](const DatagramEnd& member) { return member.closes(); }),
      };
    },
    .scenery = [](const Variant&) { return Scenery{.datagrams = true}; },
};

}  // namespace sockcr::scenario
