#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr SocketOption<int> cork{IPPROTO_TCP, TCP_CORK, "TCP_CORK"};
constexpr std::size_t few_bytes = 100;  // much less than a segment holds

// A small segment is kept back for as long as another one is not acknowledged (RFC 896).
Steps held_by_nagle() {
  return {ours.sets(option::no_delay, 0), wire.loses_what_peer_sends(),
          ours.writes(few_bytes),         peer.reads_all(),
          ours.writes(few_bytes),         ours.has_unsent(few_bytes)};
}

Steps held_by_cork() {
  return {ours.sets(cork, 1), ours.writes(few_bytes), ours.has_unsent(few_bytes)};
}

// Two ends of records, which never become one segment.
Steps with_ends_of_records() {
  return {wire.loses_what_ours_sends(), ours.writes_with(MSG_EOR, "MSG_EOR", few_bytes),
          ours.writes_with(MSG_EOR, "MSG_EOR", few_bytes), ours.has_unacked(2 * few_bytes)};
}

Steps more_is_coming() {
  return {ours.writes_with(MSG_MORE, "MSG_MORE", few_bytes), ours.has_unsent(few_bytes)};
}

Steps written(const Variant& v) {
  if (v.detail == "nagle") return held_by_nagle();
  if (v.detail == "cork") return held_by_cork();
  if (v.detail == "eor") return with_ends_of_records();
  return more_is_coming();
}

}  // namespace

const Scenario the_scenario{
    .name = "segments",
    .about =
        "what ours wrote is held back by Nagle's algorithm (nagle), by TCP_CORK (cork), by "
        "MSG_MORE (more), or is divided by MSG_EOR (eor): every byte arrives, and the options "
        "stay; where records end is lost on purpose",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty},
             .details = {"nagle", "cork", "more", "eor"},
             .narrowed = "the details fill the send queue"},
    .timeline = [](const Variant& v) -> Steps {
      const int corked = v.detail == "cork" ? 1 : 0, prompt = v.detail == "nagle" ? 0 : 1;
      return {
          establish(v),
          written(v),

          gate.closes(),
          cut(),
          gate.opens(),

          ours.has_set(cork, corked),
          ours.has_set(option::no_delay, prompt),
          ours.sets(cork, 0),
          peer.reads_all(),
          talk(ours, peer),
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
