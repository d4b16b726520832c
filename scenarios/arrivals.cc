#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

Steps comes_to_its_state(const Variant& v) {
  if (v.detail == "close_wait") return {peer.shuts_down(), ours.comes_to(TcpState::close_wait)};
  if (v.detail == "fin_wait2") return {ours.shuts_down(), ours.comes_to(TcpState::fin_wait2)};
  return {};
}

Steps goes_on(const Variant& v) {
  if (v.detail == "close_wait") {
    return {ours.reads_eof(), ours.writes(some_bytes), peer.reads_all(),
            ours.closes(),    peer.reads_eof(),        peer.closes()};
  }
  if (v.detail == "fin_wait2") {
    return {peer.reads_eof(), peer.writes(some_bytes), ours.reads_all(),
            peer.closes(),    ours.reads_eof(),        ours.closes()};
  }
  return {talk(ours, peer), part(ours, peer)};
}

}  // namespace

const Scenario the_scenario{
    .name = "arrivals",
    .about =
        "a packet of the peer arrives behind every system call of the engine, from the freeze to "
        "the last of the resume: in ESTABLISHED, CLOSE_WAIT (close_wait) and FIN_WAIT2 "
        "(fin_wait2). --trace shows each",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::unread, Queues::unsent, Queues::lost},
             .details = {"", "close_wait", "fin_wait2"},
             .without =
                 [](const Variant& v) {
                   return v.detail == "fin_wait2" &&
                          (v.queues == Queues::unsent || v.queues == Queues::lost);
                 },
             .narrowed = "in FIN_WAIT2 nothing of ours is left to send"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),         unread_bytes(v),  comes_to_its_state(v),
          undelivered_bytes(v),

          gate.closes(),        unsent_bytes(v),  cut({.with_arrivals = true}),
          gate.opens(),

          ours.reads_all(),     peer.reads_all(), goes_on(v),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
