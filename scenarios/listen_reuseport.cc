#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr int members = 3;

// Whether the places of the group are those in which its members began to listen.
Steps each_gets_a_client(int first_number) {
  Steps steps;
  for (int place = 0; place < members; ++place) {
    const int number = first_number + place;
    steps.append({member(1).is_chosen_by_place(place), client(number).connects(),
                  member(place + 1).accepts(client(number)), talk(child(number), client(number))});
  }
  steps.append(group_chooses_freely());
  return steps;
}

Steps each(const std::function<Steps(int number)>& what, int count) {
  Steps steps;
  for (int number = 1; number <= count; ++number) steps.append(what(number));
  return steps;
}

}  // namespace

const Scenario the_scenario{
    .name = "listen_reuseport",
    .about =
        "three listeners share a port (SO_REUSEPORT): the group has its order, each member gets "
        "its client and keeps the one that it had",
    .axes = {.sides = {Side::passive},
             .queues = {Queues::empty},
             .details = {"", "wildcard"},
             .narrowed = "who listens is passive; connections have scenarios of their own"},
    .timeline = [](const Variant& v) -> Steps {
      const Listening how{.wildcard = v.detail == "wildcard", .reuse_port = true};
      return {
          each([&](int number) { return member(number).listens(how); }, members),
          each_gets_a_client(1),

          gate.closes(),
          each([](int number) { return member(number).is_listening(); }, members),
          cut(),
          gate.opens(),

          each([](int number) { return member(number).is_listening(); }, members),
          each([](int number) { return talk(child(number), client(number)); }, members),
          each_gets_a_client(members + 1),
          each([](int number) { return part(child(number), client(number)); }, 2 * members),
          each([](int number) { return member(number).closes(); }, members),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
