#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr int connections = 200;
constexpr std::size_t few_bytes = 100;

template <class Say>
Steps each(const Say& say) {
  Steps steps;
  for (int number = 1; number <= connections; ++number) {
    steps.append(Steps(say(child(number), client(number))));
  }
  return steps;
}

}  // namespace

const Scenario the_scenario{
    .name = "many",
    .about =
        "two hundred connections of one program, beside their listener on its port, are cut at "
        "once; each has unread and unsent bytes",
    .axes = {.families = {Family::v4, Family::v6},
             .sides = {Side::passive},
             .queues = {Queues::empty},
             .options = {Options::ts},
             .narrowed = "what one connection can be, other scenarios show"},
    .timeline = [](const Variant&) -> Steps {
      return {
          listener.listens({.backlog = connections}),
          each([](const End& ours_one, const End& client_one) -> Steps {
            return {client_one.connects(), listener.accepts(client_one), talk(ours_one, client_one),
                    client_one.writes(few_bytes), ours_one.has_unread(few_bytes)};
          }),

          gate.closes(),
          each([](const End& one, const End&) { return one.writes(few_bytes); }),
          cut(),
          gate.opens(),

          each([](const End& one, const End& other) -> Steps {
            return {other.reads_all(), one.reads_all(), talk(one, other)};
          }),
          each([](const End& one, const End& other) { return part(one, other); }),
          listener.closes(),
          conversation_ends(),
      };
    },
    .allowance = std::chrono::minutes(5),
};

}  // namespace sockcr::scenario
