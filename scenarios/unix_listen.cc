#include <sys/socket.h>

#include "scenarios/language/unix_ends.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "unix_listen",
    .about =
        "a unix listener, one client that it has accepted, and clients that wait to be accepted: "
        "one "
        "that lives and one that has gone, with bytes that nobody has read (unread); path, "
        "relative: "
        "its name is in the file system",
    .axes = {.families = {Family::v4},
             .sides = {Side::active},
             .queues = {Queues::empty, Queues::unread},
             .options = {Options::ts},
             .details = {"", "path", "relative", "seqpacket"},
             .narrowed =
                 "unix sockets have no family, no side and no time stamps, and no queue but "
                 "that of what was not read"},
    .timeline = [](const Variant& v) -> Steps {
      const bool some = v.queues == Queues::unread, path = v.detail == "path";
      const int type = type_of(v);
      const std::string name = path ? "%server" : v.detail == "relative" ? "%%server" : "@server";
      return {
          local::server.opens(type),
          local::server.binds(name),
          path ? local::server.sets_mode(0750) : Step{},
          local::server.listens(5),
          local::client(1).in_subject(2).opens(type),
          local::client(1).connects_to(local::server),
          local::server.accepts(local::child(1), local::client(1)),
          some ? local::client(1).sends({3, 4}) : Step{},
          local::stray(1).opens(type),
          local::stray(1).connects_to(local::server),
          some ? local::stray(1).sends({5, 6}) : Step{},
          local::client(2).opens(type),
          local::client(2).binds("@client"),
          local::client(2).connects_to(local::server),
          some ? local::client(2).sends({7, 8}) : Step{},
          local::stray(1).closes(),

          gate.closes(),
          local::server.is_as_it_was_told(),
          local::child(1).is_as_it_was_told(),
          cut(),
          gate.opens(),

          local::server.is_as_it_was_told(),
          local::client(1).is_as_it_was_told(),
          local::child(1).is_as_it_was_told(),
          local::client(2).is_as_it_was_told(),
          path ? local::server.has_mode(0750) : Step{},
          local::server.accepts(local::child(3), local::stray(1)),
          local::server.accepts(local::child(2), local::client(2)),
          local::child(2).is_as_it_was_told(),
          local::child(1).reads_all(),
          local::child(2).reads_all(),
          local::child(3).reads_all(),
          local::child(3).reads_end(),
          local::client(2).sends({9}),
          local::child(2).reads_all(),
          local::child(1).sends({10}),
          local::client(1).reads_all(),
          local::stray(2).opens(type),
          local::stray(2).connects_to(local::server),
          local::server.accepts(local::child(4), local::stray(2)),
          local::stray(2).sends({11}),
          local::child(4).reads_all(),
          local::server.closes(),
          local::client(1).closes(),
          local::child(1).reads_end(),
      };
    },
};

}  // namespace sockcr::scenario
