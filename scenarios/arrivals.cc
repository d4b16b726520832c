#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

// How ours comes to its state, and what is left to be done from there.
struct Way {
  Steps there{}, from_there{};
};

Way established() { return {{}, {talk(ours, peer), part(ours, peer)}}; }

Way close_wait() {
  return {{peer.shuts_down(), ours.comes_to(TcpState::close_wait)},
          {ours.reads_eof(), ours.writes(some_bytes), peer.reads_all(), ours.closes(),
           peer.reads_eof(), peer.closes()}};
}

Way fin_wait2() {
  return {{ours.shuts_down(), ours.comes_to(TcpState::fin_wait2)},
          {peer.reads_eof(), peer.writes(some_bytes), ours.reads_all(), peer.closes(),
           ours.reads_eof(), ours.closes()}};
}

Way fin_wait1() {
  return {{wire.loses_what_ours_sends(), ours.shuts_down(), ours.is_in(TcpState::fin_wait1)},
          {peer.reads_eof(), ours.comes_to(TcpState::fin_wait2), peer.closes(), ours.reads_eof(),
           ours.closes()}};
}

Way closing() {
  return {{wire.loses_what_ours_sends(), ours.shuts_down(), peer.shuts_down(),
           ours.comes_to(TcpState::closing)},
          {peer.reads_eof(), ours.reads_eof(), ours.closes(), peer.closes()}};
}

Way last_ack() {
  return {{peer.shuts_down(), ours.comes_to(TcpState::close_wait), wire.loses_what_ours_sends(),
           ours.shuts_down(), ours.is_in(TcpState::last_ack)},
          {peer.reads_eof(), ours.comes_to(TcpState::close), ours.reads_eof(), ours.closes(),
           peer.closes()}};
}

Way time_wait() {
  return {{ours.closes(), peer.reads_eof(), ours.is_kept_in(TcpState::fin_wait2),
           wire.loses_what_ours_sends(), peer.shuts_down(), ours.is_kept_in(TcpState::time_wait)},
          {peer.comes_to(TcpState::close), ours.is_kept_in(TcpState::time_wait), peer.closes()}};
}

Way syn_sent() {
  return {
      {peer.listens(), wire.loses_what_ours_sends(), ours.connects(),
       ours.is_in(TcpState::syn_sent)},
      {ours.comes_to(TcpState::established), peer.accepts(), talk(ours, peer), part(ours, peer)}};
}

Steps serves(const End& one, const End& its_client) {
  return {listener.accepts(its_client), talk(one, its_client), part(one, its_client)};
}

Way syn_recv() {
  return {{listener.listens({}), wire.loses_all_but_syns_of_peer(), client(1).connects(),
           client(1).comes_to(TcpState::established), child(1).is_kept_in(TcpState::syn_recv)},
          {serves(child(1), client(1)), listener.closes()}};
}

Way listening() {
  return {{listener.listens({})},
          {client(1).connects(), serves(child(1), client(1)), listener.closes()}};
}

bool is_synchronized(const Variant& v) {
  return v.detail != "syn_sent" && v.detail != "syn_recv" && v.detail != "listen";
}

bool can_send(const Variant& v) { return v.detail.empty() || v.detail == "close_wait"; }

Way way_of(const Variant& v) {
  if (v.detail == "close_wait") return close_wait();
  if (v.detail == "fin_wait1") return fin_wait1();
  if (v.detail == "fin_wait2") return fin_wait2();
  if (v.detail == "closing") return closing();
  if (v.detail == "last_ack") return last_ack();
  if (v.detail == "time_wait") return time_wait();
  if (v.detail == "syn_sent") return syn_sent();
  if (v.detail == "syn_recv") return syn_recv();
  if (v.detail == "listen") return listening();
  return established();
}

bool has_no_meaning(const Variant& v) {
  if (v.detail == "syn_sent") return v.queues != Queues::empty || v.side == Side::passive;
  if (v.detail == "syn_recv" || v.detail == "listen") {
    return v.queues != Queues::empty || v.side == Side::active;
  }
  if (v.detail == "time_wait") return v.queues != Queues::empty;
  return !can_send(v) && (v.queues == Queues::unsent || v.queues == Queues::lost);
}

}  // namespace

const Scenario the_scenario{
    .name = "arrivals",
    .about =
        "a packet of the peer arrives behind every system call of the engine, from the freeze to "
        "the last of the resume, in ESTABLISHED or in the state that the detail names. Each case "
        "tells how many, and --trace shows where",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::unread, Queues::unsent, Queues::lost},
             .details = {"", "close_wait", "fin_wait1", "fin_wait2", "closing", "last_ack",
                         "time_wait", "syn_sent", "syn_recv", "listen"},
             .without = has_no_meaning,
             .narrowed = "half-open connections have one side and no queues, TIME_WAIT has no "
                         "queues, and behind a FIN nothing of ours is left to send"},
    .timeline = [](const Variant& v) -> Steps {
      const Way way = way_of(v);
      const bool reads = is_synchronized(v) && v.detail != "time_wait";
      return {
          is_synchronized(v) ? establish(v) : Steps{},
          unread_bytes(v),
          way.there,
          can_send(v) ? undelivered_bytes(v) : Steps{},

          gate.closes(),
          can_send(v) ? unsent_bytes(v) : Steps{},
          cut({.with_arrivals = true}),
          gate.opens(),

          reads ? Steps{ours.reads_all(), peer.reads_all()} : Steps{},
          way.from_there,
          conversation_ends(),
      };
    },
    .not_compared = "the control lacks the packets that arrive between the engine's calls",
};

}  // namespace sockcr::scenario
