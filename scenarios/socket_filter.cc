#include "scenarios/language/filters.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

Steps of_datagrams(const Variant& v) {
  const DatagramBinding how{.lite = v.detail == "lite"};
  const auto& filter = v.detail == "udp_program" ? long_datagram_program : long_datagram_filter;
  const bool some = v.queues == Queues::unread;
  return {
      udp::ours.binds(how),
      udp::client(1).binds(how),
      some ? udp::client(1).sends({300, 0, 20}, udp::ours) : Step{},
      filter.is_attached_to(udp::ours),
      udp::client(1).sends_in_vain({101, 200}, udp::ours),
      some ? udp::client(1).sends({100}, udp::ours) : Step{},

      gate.closes(),
      udp::ours.is_as_it_was_told(),
      cut(),
      gate.opens(),

      filter.is_on(udp::ours),
      udp::client(1).sends({60}, udp::ours),
      udp::client(1).sends_in_vain({400}, udp::ours),
      udp::client(1).sends({100, 0}, udp::ours),
      udp::ours.reads_all(),
      udp::ours.sends({300}, udp::client(1)),
      udp::client(1).reads_all(),
      udp::ours.closes(),
  };
}

// The peer repeats what was dropped until it is heard.
Steps something_is_dropped_at_first() {
  return {
      sends_what_is_dropped(peer), peer.writes(500),    peer.has_unacked(500),
      sends_what_is_heard(peer),   peer.has_unacked(0),
  };
}

Steps of_a_connection(const Variant& v) {
  const auto& filter = v.detail == "tcp_program" ? class_program : class_filter;
  return {
      establish(v),
      unread_bytes(v),
      filter.is_attached_to(ours),
      something_is_dropped_at_first(),
      v.queues == Queues::unread ? Step{} : ours.reads_all(),

      gate.closes(),
      unsent_bytes(v),
      ours.is_in(TcpState::established),
      cut(),
      gate.opens(),

      filter.is_on(ours),
      peer.reads_all(),
      something_is_dropped_at_first(),
      ours.reads_all(),
      talk(ours, peer),
      part(peer, ours),
      conversation_ends(),
  };
}

Steps of_a_listener() {
  return {
      listener.listens({}),
      class_filter.is_attached_to_the_listener(),

      gate.closes(),
      listener.is_listening(),
      cut(),
      gate.opens(),

      class_filter.is_on_the_listener(),
      client(1).connects(),
      listener.accepts(client(1)),
      class_filter.is_on(child(1)),
      talk(child(1), client(1)),
      part(client(1), child(1)),
      listener.closes(),
      conversation_ends(),
  };
}

bool is_of_datagrams(const Variant& v) {
  return v.detail == "udp" || v.detail == "lite" || v.detail == "udp_program";
}

}  // namespace

const Scenario the_scenario{
    .name = "socket_filter",
    .about =
        "a locked BPF filter of ours drops some of what comes before the cut and after it, and "
        "nothing of what waits in the queue. udp, lite: by length; tcp, listener: by class, which "
        "the peer makes up for; program: the same as an eBPF program, which some service holds "
        "loaded",
    .axes = {.sides = {Side::active},
             .queues = {Queues::empty, Queues::unread, Queues::unsent},
             .options = {Options::ts},
             .details = {"udp", "lite", "tcp", "listener", "udp_program", "tcp_program"},
             .without =
                 [](const Variant& v) {
                   const bool any_udp = v.detail == "udp" || v.detail == "udp_program";
                   return (any_udp && v.queues == Queues::unsent) ||
                          (v.detail == "lite" && v.queues != Queues::unread) ||
                          (v.detail == "listener" && v.queues != Queues::empty);
                 },
             .narrowed = "a filter hears packets, whoever has connected; only connections have "
                         "a queue of what was sent"},
    .timeline = [](const Variant& v) -> Steps {
      if (is_of_datagrams(v)) return of_datagrams(v);
      return v.detail == "listener" ? of_a_listener() : of_a_connection(v);
    },
    .scenery = [](const Variant& v) { return Scenery{.datagrams = is_of_datagrams(v)}; },
};

}  // namespace sockcr::scenario
