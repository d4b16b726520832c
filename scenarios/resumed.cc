#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr std::size_t few_bytes = 100;  // one segment, and so one event

bool fails(const Variant& v) { return v.detail.ends_with("failed"); }

std::string call_of(const Variant& v) {
  const std::string call = v.detail.substr(0, v.detail.find("_failed"));
  return call.empty() || call == "failed" ? "read" : call;
}

// Whoever is told of edges may leave the bytes where they are; he is not told of them again.
Steps falls_asleep(const Variant& v) {
  const std::string call = call_of(v);
  if (call == "accept") return {listener.listens({}), program.sleeps_in(call)};
  const bool unread = v.queues == Queues::unread;
  return {establish(v),
          unread ? Steps{peer.writes(few_bytes), ours.has_unread(few_bytes)} : Steps{},
          program.sleeps_in(call), unread ? program.wakes_up() : Step{}};
}

Steps happens_behind_the_gate(const Variant& v) {
  return call_of(v) == "accept" ? client(1).connects() : peer.writes(few_bytes);
}

Steps goes_on(const Variant& v) {
  const std::string call = call_of(v);
  if (call == "accept") return {program.wakes_up(), talk(child(1), client(1))};
  const Step reads = call == "edge" ? ours.reads_all() : Step{};
  return {program.wakes_up(), reads, peer.writes(few_bytes), program.wakes_up(),
          program.idles(),    reads, talk(ours, peer)};
}

}  // namespace

const Scenario the_scenario{
    .name = "resumed",
    .about =
        "ours' program sleeps in read(2), accept(2) (accept) or epoll_wait(2), level-triggered "
        "(epoll) or edge-triggered (edge), while a checkpoint is taken that leaves it running, or "
        "fails (failed): it sleeps on, and is woken once for what the peer did meanwhile",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::unread},
             .options = {Options::ts},
             .details = {"", "accept", "epoll", "edge", "failed", "accept_failed", "epoll_failed",
                         "edge_failed"},
             .without =
                 [](const Variant& v) {
                   const std::string call = call_of(v);
                   return (call == "accept" && v.side == Side::active) ||
                          (call != "edge" && v.queues == Queues::unread);
                 },
             .narrowed = "who accepts is passive; where bytes are unread nobody sleeps, but for "
                         "who has been told of them by an edge"},
    .timeline = [](const Variant& v) -> Steps {
      const bool accepts = call_of(v) == "accept";
      return {
          falls_asleep(v),

          gate.closes(),
          fails(v) ? checkpoints_fail() : checkpoint_in_passing(),
          fails(v) ? program.sleeps_on() : Step{},
          happens_behind_the_gate(v),
          gate.opens(),
          fails(v) ? Step{} : ours_goes_on(),

          goes_on(v),
          accepts ? Steps{part(child(1), client(1)), listener.closes()} : part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
