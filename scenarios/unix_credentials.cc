#include <sys/socket.h>

#include "scenarios/language/unix_ends.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "unix_credentials",
    .about =
        "messages that tell who has sent them: a process that is gone; others tell nobody. The "
        "reader "
        "wanted to know before they came (asked), or wants to know now",
    .axes = {.families = {Family::v4},
             .sides = {Side::active},
             .queues = {Queues::unread},
             .options = {Options::ts},
             .details = {"", "asked", "dgram", "seqpacket"},
             .narrowed =
                 "unix sockets have no family, no side and no time stamps, and no queue but "
                 "that of what was not read"},
    .timeline = [](const Variant& v) -> Steps {
      const int type = type_of(v);
      const bool asked = v.detail == "asked";
      const Post by_another{.by_another = true};
      return {
          local::one.pairs_with(local::other.in_subject(2), type),
          asked ? local::other.wants_to_know_who_sends() : local::one.sends({3}),
          local::one.sends({4, 5}, by_another),
          asked ? Step{} : local::one.sends({6}),
          local::one.sends({7}, by_another),

          gate.closes(),
          local::one.is_as_it_was_told(),
          local::other.is_as_it_was_told(),
          cut(),
          gate.opens(),

          local::one.is_as_it_was_told(),
          local::other.is_as_it_was_told(),
          asked ? Step{} : local::other.wants_to_know_who_sends(),
          local::other.reads_all(),
          local::one.sends({8}, by_another),
          local::other.reads_all(),
          local::one.closes(),
          local::other.closes(),
      };
    },
};

}  // namespace sockcr::scenario
