#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

bool has(const Variant& v, const char* word) { return v.detail.find(word) != std::string::npos; }

bool is_inline(const Variant& v) { return has(v, "inline"); }
bool is_late(const Variant& v) { return has(v, "late"); }

// The urgent byte of the peer, and where the cut finds it.
Steps marked_bytes(const Variant& v) {
  if (is_late(v)) return {peer.writes(some_bytes), ours.has_unread(some_bytes)};
  Steps steps{peer.writes_urgently(some_bytes)};
  if (!has(v, "last")) steps.append(peer.writes(some_bytes));
  // Out of line the count ends at the mark.
  const std::size_t behind = has(v, "last") ? 0 : some_bytes;
  steps.append(ours.has_unread(is_inline(v) ? some_bytes + behind : some_bytes - 1));
  if (has(v, "first")) steps.append(ours.reads_up_to_the_mark());
  if (has(v, "taken")) steps.append(ours.reads_the_urgent_byte());
  if (has(v, "passed")) steps.append({ours.reads_up_to_the_mark(), ours.reads_all()});
  return steps;
}

Steps fin_of_peer(const Variant& v) {
  if (!has(v, "fin")) return {};
  return {peer.shuts_down(), ours.comes_to(TcpState::close_wait)};
}

Steps late_marked_bytes(const Variant& v) {
  if (!is_late(v)) return {};
  return {peer.writes_urgently(some_bytes), peer.writes(some_bytes)};
}

Steps mark_is_where_it_was(const Variant& v) {
  if (has(v, "passed")) return {ours.has_no_urgent_byte()};
  Steps steps;
  if (has(v, "taken")) steps.append(ours.has_no_urgent_byte());
  steps.append(ours.reads_up_to_the_mark());
  if (!is_inline(v) && !has(v, "taken")) steps.append(ours.reads_the_urgent_byte());
  if (!is_inline(v)) steps.append(ours.has_no_urgent_byte());
  return steps;
}

Steps goodbye(const Variant& v) {
  if (!has(v, "fin")) return {talk(ours, peer), part(ours, peer)};
  return {ours.reads_eof(), ours.writes(some_bytes),
          peer.reads_all(), peer.comes_to(TcpState::fin_wait2),
          ours.closes(),    peer.reads_eof(),
          peer.closes()};
}

}  // namespace

const Scenario the_scenario{
    .name = "urgent_unread",
    .about =
        "an urgent byte of the peer, unread: among other bytes, first or last of them, taken by "
        "MSG_OOB (taken), read past (passed), written behind the closed gate (late), with the "
        "peer's FIN behind it (fin); out of line, or inline",
    .axes = {.families = {Family::v4, Family::v6},
             .sides = {Side::active},
             .queues = {Queues::unread},
             .options = {Options::ts},
             .details = {"", "first", "last", "taken", "passed", "late", "fin", "inline",
                         "inline_first", "inline_late"},
             .without =
                 [](const Variant& v) {
                   return v.family == Family::v6 && v.detail != "" && v.detail != "inline" &&
                          v.detail != "taken";
                 },
             .narrowed = "who connected, and what else the handshake agreed on, does not touch a "
                         "mark; the family makes the one segment that bears it another"},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          is_inline(v) ? ours.reads_urgent_data_inline() : Step{},
          marked_bytes(v),
          fin_of_peer(v),

          gate.closes(),
          late_marked_bytes(v),
          cut(),
          gate.opens(),

          mark_is_where_it_was(v),
          ours.reads_all(),
          goodbye(v),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
