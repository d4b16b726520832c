#include "scenarios/language/words.h"

namespace sockcr::scenario {

const Scenario the_scenario{
    .name = "listen_only",
    .about =
        "only what listens is kept, at checkpoint or at restore: the connection appears closed "
        "to its program, and the peer is reset once it sends; a new client connects",
    .axes = {.sides = {Side::passive},
             .queues = {Queues::empty, Queues::unread},
             .details = {"checkpoint", "restore"},
             .narrowed = "a program that listens, and a connection of which nothing is left"},
    .timeline = [](const Variant& v) -> Steps {
      const bool early = v.detail == "checkpoint";
      return {
          listener.listens({}),
          client(1).connects(),
          listener.accepts(client(1)),
          talk(child(1), client(1)),
          unread_bytes(v),

          gate.closes(),
          listener.is_listening(),
          child(1).is_in(TcpState::established),
          cut({.listeners_only_at_checkpoint = early, .listeners_only_at_restore = !early}),
          listener.is_listening(),
          child(1).is_in(TcpState::close),
          gate.opens(),

          listener.is_listening(),
          child(1).appears_closed(),
          client(1).is_in(TcpState::established),
          child(1).may_reset_behind_the_gate("nothing is left of the connection"),
          client(1).writes(1),
          client(1).reads_error(ECONNRESET),
          client(1).closes(),
          child(1).closes(),

          client(2).connects(),
          listener.accepts(client(2)),
          talk(child(2), client(2)),
          part(client(2), child(2)),
          listener.closes(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
