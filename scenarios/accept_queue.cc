#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

bool has_unread(const Variant& v) { return v.queues == Queues::unread; }

// One of a queue of clients: what it has said waits with it.
Steps knocks(const Variant& v, int number) {
  const std::size_t bytes = has_unread(v) ? some_bytes : 0;
  return {
      client(number).connects(),
      client(number).comes_to(TcpState::established),
      client(number).writes(bytes),
      child(number).is_kept_with(bytes, 0),
      listener.has_waiting(static_cast<std::size_t>(number)),
  };
}

Steps is_served(const Variant& v, int number) {
  return {
      listener.accepts(client(number)),
      child(number).reads_all(),
      v.detail == "fin"
          ? Steps{child(number).reads_eof(), child(number).writes(some_bytes),
                  client(number).reads_all(), child(number).closes(), client(number).reads_eof(),
                  client(number).closes()}
          : Steps{talk(child(number), client(number)), part(client(number), child(number))},
  };
}

// Two wait, and the first of them gives up.
Steps first_is_reset(const Variant& v) {
  return {knocks(v, 1), knocks(v, 2),
          client(1).may_reset_before_the_gate_closes("it does not want to wait"),
          client(1).resets()};
}

Steps first_was_reset(const Variant& v) {
  return {listener.accepts_what_was_reset(client(1)), child(1).has_error(), child(1).reads_all(),
          child(1).reads_error(ECONNRESET),           child(1).closes(),    is_served(v, 2)};
}

}  // namespace

const Scenario the_scenario{
    .name = "accept_queue",
    .about =
        "clients wait in the queue of ours' listener, and nobody has accepted them: alone, with "
        "its FIN (fin), as many as the queue holds (full), one of them reset (reset)",
    .axes = {.sides = {Side::passive},
             .queues = {Queues::empty, Queues::unread},
             .details = {"", "fin", "full", "reset"},
             .narrowed =
                 "who listens is passive, and what nobody has accepted has written nothing"},
    .timeline = [](const Variant& v) -> Steps {
      const bool full = v.detail == "full", reset = v.detail == "reset", fin = v.detail == "fin";
      const std::size_t waiting = full ? 3 : reset ? 2 : 1;
      return {
          listener.listens({.backlog = full ? 2 : 8}),
          reset ? first_is_reset(v) : knocks(v, 1),
          fin ? Steps{client(1).shuts_down(), child(1).is_kept_in(TcpState::close_wait)} : Steps{},
          full ? Steps{knocks(v, 2), knocks(v, 3)} : Steps{},
          listener.has_waiting(waiting),

          gate.closes(),
          listener.is_listening(),
          listener.has_waiting(waiting),
          cut(),
          gate.opens(),

          listener.is_listening(),
          reset ? first_was_reset(v) : is_served(v, 1),
          full ? Steps{is_served(v, 2), is_served(v, 3)} : Steps{},

          client(4).connects(),
          listener.accepts(client(4)),
          talk(child(4), client(4)),
          part(child(4), client(4)),
          listener.closes(),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
