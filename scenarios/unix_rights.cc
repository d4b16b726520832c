#include <sys/socket.h>

#include "scenarios/language/unix_ends.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "unix_rights",
    .about =
        "messages that carry sockets: one that its program holds, one that nobody holds but the "
        "message, one that carries another itself (nested); dgram, seqpacket: of these types",
    .axes = {.families = {Family::v4},
             .sides = {Side::active},
             .queues = {Queues::unread},
             .options = {Options::ts},
             .details = {"", "dgram", "nested", "seqpacket", "two"},
             .narrowed =
                 "unix sockets have no family, no side and no time stamps, and no queue but "
                 "that of what was not read"},
    .timeline = [](const Variant& v) -> Steps {
      const int type = type_of(v);
      const bool nested = v.detail == "nested";
      return {
          local::one.pairs_with(local::other.in_subject(v.detail == "two" ? 2 : 1), type),
          local::stray(1).pairs_with(local::stray(2), SOCK_STREAM),
          local::stray(3).pairs_with(local::stray(4), SOCK_SEQPACKET),
          local::stray(1).sends({21}),
          local::stray(3).sends({22}),
          nested ? local::stray(2).sends({23}, {.carrying = {"stray 3"}, .and_closes = true})
                 : Step{},
          local::one.sends({3}),
          local::one.sends({4}, {.carrying = {"stray 4", "stray 2", "one"}}),
          local::one.sends({5}),
          local::one.sends({6}, {.carrying = {"stray 1"}, .and_closes = true}),
          local::one.sends({7}),

          gate.closes(),
          local::one.is_as_it_was_told(),
          cut(),
          gate.opens(),

          local::one.is_as_it_was_told(),
          local::other.reads_all(),
          local::stray(2).reads_all(),
          nested ? local::stray(1).reads_all() : Step{},
          local::stray(4).reads_all(),
          local::stray(1).sends({24}),
          local::stray(2).reads_all(),
          local::stray(3).sends({25}),
          local::stray(4).reads_all(),
          local::one.closes(),
          local::other.closes(),
      };
    },
};

}  // namespace sockcr::scenario
