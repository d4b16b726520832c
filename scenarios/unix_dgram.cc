#include <sys/socket.h>
#include <cerrno>

#include "scenarios/language/unix_ends.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

Steps pair_of_datagrams(const Variant& v) {
  const bool some = v.queues == Queues::unread;
  return {
      local::one.pairs_with(local::other.in_subject(2), SOCK_DGRAM),
      some ? local::one.sends({4, 0, 1400}) : Step{},
      some ? local::other.sends({0, 3}) : Step{},

      gate.closes(),
      local::one.is_as_it_was_told(),
      local::other.is_as_it_was_told(),
      cut(),
      gate.opens(),

      local::one.is_as_it_was_told(),
      local::other.is_as_it_was_told(),
      local::one.sends({8, 0}),
      local::one.reads_all(),
      local::other.reads_all(),
      local::one.closes(),
      local::other.closes(),
  };
}

}  // namespace

const Scenario the_scenario{
    .name = "unix_dgram",
    .about =
        "unix datagrams that nobody has read, with the names of senders that live and of one that "
        "is "
        "gone, empty ones among them; server hears everybody, or one alone (connected); path: "
        "names "
        "in the file system; unlinked: they are not there any more; pair: two without names",
    .axes = {.families = {Family::v4},
             .sides = {Side::active},
             .queues = {Queues::empty, Queues::unread},
             .options = {Options::ts},
             .details = {"", "connected", "pair", "path", "unlinked"},
             .narrowed =
                 "unix sockets have no family, no side and no time stamps, and no queue but "
                 "that of what was not read"},
    .timeline = [](const Variant& v) -> Steps {
      if (v.detail == "pair") return pair_of_datagrams(v);
      const bool path = v.detail == "path" || v.detail == "unlinked";
      const bool some = v.queues == Queues::unread, alone = v.detail == "connected";
      const Post to_server{.to = "server"};
      return {
          local::server.opens(SOCK_DGRAM),
          local::server.binds(path ? "%server" : "@server"),
          local::client(1).in_subject(2).opens(SOCK_DGRAM),
          local::client(1).binds(path ? "%%client" : "@client"),
          local::stray(1).opens(SOCK_DGRAM),
          local::stray(1).binds(path ? "%stray" : "@stray"),
          some ? local::client(1).sends({5, 0}, to_server) : Step{},
          some ? local::stray(1).sends({6, 0, 20'000}, to_server) : Step{},
          local::stray(1).closes(),
          alone ? local::server.connects_to(local::client(1)) : Step{},
          local::client(1).connects_to(local::server),
          some ? local::client(1).sends({7}) : Step{},
          v.detail == "path" ? local::server.sets_mode(0640) : Step{},
          v.detail == "unlinked" ? local::server.unlinks_its_name() : Step{},

          gate.closes(),
          local::server.is_as_it_was_told(),
          local::client(1).is_as_it_was_told(),
          cut(),
          gate.opens(),

          local::server.is_as_it_was_told(),
          local::client(1).is_as_it_was_told(),
          v.detail == "path" ? local::server.has_mode(0640) : Step{},
          local::client(1).sends({8, 0}),
          local::server.reads_all(),
          alone ? local::server.sends({9}) : Step{},
          alone ? local::client(1).reads_all() : Step{},
          local::server.closes(),
          local::client(1).cannot_send(ECONNREFUSED),
          local::client(1).closes(),
      };
    },
};

}  // namespace sockcr::scenario
