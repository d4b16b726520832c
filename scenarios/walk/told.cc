#include "scenarios/walk/told.h"

#include <map>

#include "scenarios/walk/ending.h"
#include "scenarios/walk/model.h"
#include "scenarios/walk/options.h"

namespace sockcr::scenario {
namespace {

#define SAY(...) SOCKCR_LINE(__VA_ARGS__)

void add(Lines& lines, Line line) { lines.push_back(std::move(line)); }

// A retransmission timer may run out on a busy machine, so nothing may be in flight when a fault
// begins.
Lines settled(const Model& before, Lines fault) {
  Lines lines = settles(before);
  append(lines, std::move(fault));
  return lines;
}

// What each end is in for certain, as far as it has a descriptor or the kernel keeps it.
Line comes_to_its_state(const Named& who, const Stream& stream, TcpState state) {
  if (!stream.closed) return comes_to(who, state);
  if (state == TcpState::close) return plainly(who, "is_gone", &End::is_gone);
  return is_kept_in(who, state);
}

// The other hears of it first, and its ACK comes back.
void tell_states(const Model& before, const Model& after, bool by_ours, Lines& lines) {
  const Stream& stream = by_ours ? after.ours : after.peer;
  const bool shut_before = by_ours ? before.ours.shut : before.peer.shut;
  const Named self = by_ours ? named_ours() : named_peer();
  const Named other = by_ours ? named_peer() : named_ours();
  const TcpState own = by_ours ? after.state_of_ours() : after.state_of_peer();
  const TcpState others = by_ours ? after.state_of_peer() : after.state_of_ours();
  if (!shut_before && stream.fin_arrived && !stream.fin_acked) {
    add(lines, comes_to_its_state(other, by_ours ? after.peer : after.ours, others));
  }
  if (stream.fin_arrived || stream.closed) add(lines, comes_to_its_state(self, stream, own));
}

Lines reads_to_the_mark() { return {SAY(ours.reads_up_to_the_mark())}; }

Lines takes_the_urgent_byte(const Model& before) {
  Lines lines;
  if (before.peer.mark == Mark::ahead) lines = reads_to_the_mark();
  append(lines, {SAY(ours.reads_the_urgent_byte())});
  return lines;
}

// What is being repeated would bear the mark in pieces that name other bytes.
Lines shouts(const Named& who, unsigned bytes, const Model& before) {
  Lines lines;
  if (before.is_open() && before.in_flight && before.has_lost) {
    lines = {has_unsent(who, 0), has_unacked(who, 0)};
  }
  add(lines,
      {fmt::format("{}.writes_urgently({})", who.source, bytes), who.end.writes_urgently(bytes)});
  return lines;
}

const std::map<std::string, Line>& cuts() {
  static const std::map<std::string, Line> all{
      {"", SAY(cut())},
      {"gap", SAY(cut({.gap_seconds = 1}))},
      {"again", SAY(cut({.restored_again = true}))},
      {"arrivals", SAY(cut({.with_arrivals = true}))},
      {"two images", SAY(cut({.images = {{1}, {2}}}))},
      {"other order", SAY(cut({.images = {{1}, {2}}, .backwards = true}))},
      {"beside a connection", SAY(cut({.occupied = Occupies::with_connection}))},
      {"beside a listener", SAY(cut({.occupied = Occupies::with_listener}))},
      {"beside a time-wait", SAY(cut({.occupied = Occupies::with_time_wait}))},
      {"booted later", SAY(cut(written_by_another(OtherMachine::booted_later)))},
      {"up for longer", SAY(cut(written_by_another(OtherMachine::up_for_longer)))},
      {"ahead", SAY(cut(written_by_another(OtherMachine::ahead)))},
      {"behind", SAY(cut(written_by_another(OtherMachine::behind)))},
  };
  return all;
}

// Behind the gate nothing moves, so that the states are what they are.
Lines tells_a_cut(const Model& before, const Move& move) {
  Lines lines;
  if (before.stage == Stage::connected && !before.was_reset && !before.ours.closed) {
    const bool was_told = before.ours.shut == before.ours.fin_arrived && !before.ours.shut_last;
    if (!was_told) add(lines, is_in(named_ours(), before.state_of_ours()));
    if (before.counts_are_sure() && before.ours.on_its_way() > 0) {
      add(lines, has_unsent(named_ours(),
                            before.ours.unsent + (before.ours.shut && before.ours.unsent ? 1 : 0)));
    }
  }
  if (move.how == "behind") {
    add(lines, SAY(ours.may_leap_ahead("which clock is right, nobody knows")));
  }
  add(lines, cuts().at(move.how));
  return lines;
}

Lines opens_the_gate(const Model& before) {
  Lines lines{SAY(gate.opens())};
  if (before.passing_here) add(lines, SAY(ours_goes_on()));
  Model after = before;
  after.play({.word = Word::gate_opens});
  append(lines, arrival_of(before.stage, after));
  if (before.stage != Stage::connected || before.was_reset) return lines;
  add(lines, comes_to_its_state(named_ours(), after.ours, after.state_of_ours()));
  if (after.peer.mark == Mark::taken && !after.ours.closed) {
    add(lines, SAY(ours.has_no_urgent_byte()));
  }
  if (after.lingers()) add(lines, SAY(ours.is_kept_for_at_most(20)));
  if (after.peer.shut && !before.peer.fin_acked) {
    add(lines, comes_to_its_state(named_peer(), after.peer, after.state_of_peer()));
  }
  return lines;
}

Lines knock(int number, unsigned bytes) {
  return {{fmt::format("knocks({}, {})", number, bytes), knocks(number, bytes)}};
}

Lines tells_of_guests(const Model& before, const Move& move) {
  const int waiting = before.last_waiting() + 1, accepted = before.last_accepted() + 1;
  switch (move.word) {
    case Word::client_knocks:
      return knock(static_cast<int>(before.guests.size()) + 1, move.amount);
    case Word::client_shuts_down:
      return {plainly(named_client(waiting), "shuts_down", &End::shuts_down),
              is_kept_in(named_child(waiting), TcpState::close_wait)};
    case Word::listener_accepts: {
      const Named next = named_client(before.first_waiting() + 1);
      return {{fmt::format("listener.accepts({})", next.source), listener.accepts(next.end)}};
    }
    case Word::client_writes:
      return {writes(named_client(accepted), move.amount)};
    case Word::child_writes:
      return {writes(named_child(accepted), move.amount)};
    default:
      return {};
  }
}

Lines loses_both(unsigned bytes) {
  const Named who = named_ours();
  return {SAY(wire.loses_what_peer_sends()),
          {fmt::format("wire.loses_what_ours_sends_behind({})", bytes),
           wire.loses_what_ours_sends_behind(bytes)},
          writes(who, bytes),
          SAY(peer.reads_all()),
          writes(who, bytes)};
}

Lines tells_of_faults(const Model& before, const Move& move) {
  switch (move.word) {
    case Word::wire_loses_ours:
      return settled(before, {SAY(wire.loses_what_ours_sends())});
    case Word::wire_loses_peer:
      return settled(before, {SAY(wire.loses_what_peer_sends())});
    case Word::wire_loses_both:
      return settled(before, loses_both(move.amount));
    case Word::wire_refuses_ours:
      return settled(before, {SAY(wire.refuses_what_ours_sends())});
    case Word::wire_has_a_hole:
      return settled(before,
                     {SAY(wire.loses_the_next_segment_of_peer()), SAY(peer.writes(100)),
                      SAY(peer.writes(3000)), SAY(peer.has_heard_of_bytes_behind_a_hole())});
    case Word::wire_is_bad:
      if (move.how == "lossy") return settled(before, {SAY(wire.loses_some_of_what_peer_sends())});
      if (move.how == "twice") return settled(before, {SAY(wire.doubles_what_ours_sends())});
      if (move.how == "late") return settled(before, {SAY(wire.delays_what_peer_sends())});
      return settled(before, {SAY(wire.disorders_what_peer_sends())});
    default:
      return tells_of_guests(before, move);
  }
}

Lines tells(const Model& before, const Model& after, const Move& move) {
  Lines lines;
  switch (move.word) {
    case Word::ours_writes:
      lines = {writes(named_ours(), move.amount)};
      if (after.loses_ours && after.counts_are_sure() && after.ours.unsent == 0 &&
          !after.ours.shut) {
        add(lines, has_unacked(named_ours(), after.ours.unacked + after.ours.undelivered));
      }
      return lines;
    case Word::peer_writes:
      lines = {writes(named_peer(), move.amount)};
      if (after.is_open() && after.counts_are_sure() && !after.ours.closed &&
          after.sleeps_in.empty() && !after.peer.shut) {
        add(lines, has_unread(named_ours(), after.peer.unread));
      }
      return lines;
    case Word::ours_reads:
      return {reads_all(named_ours())};
    case Word::peer_reads:
      return {reads_all(named_peer())};
    case Word::ours_writes_urgently:
      return shouts(named_ours(), move.amount, before);
    case Word::peer_writes_urgently:
      return shouts(named_peer(), move.amount, before);
    case Word::ours_reads_to_the_mark:
      return reads_to_the_mark();
    case Word::ours_takes_the_urgent_byte:
      return takes_the_urgent_byte(before);
    case Word::ours_shuts_down:
      lines = {SAY(ours.shuts_down())};
      tell_states(before, after, true, lines);
      return lines;
    case Word::peer_shuts_down:
      lines = {SAY(peer.shuts_down())};
      tell_states(before, after, false, lines);
      return lines;
    case Word::ours_closes:
      lines = {SAY(ours.closes())};
      tell_states(before, after, true, lines);
      return lines;
    case Word::peer_closes:
      lines = {SAY(peer.closes())};
      tell_states(before, after, false, lines);
      return lines;
    case Word::peer_resets:
      return settled(before,
                     {SAY(peer.may_reset_before_the_gate_closes("it gives up")), SAY(peer.resets()),
                      SAY(ours.comes_to(TcpState::close)), SAY(ours.has_error())});
    case Word::ours_sets:
      return sets_option(move.how);
    case Word::ours_fills_up:
      return {SAY(ours.sets(option::send_buffer, 16'384)), SAY(ours.writes_until_nothing_moves())};
    case Word::peer_fills_up:
      return {SAY(peer.sets(option::send_buffer, 16'384)), SAY(peer.writes_until_nothing_moves())};
    case Word::they_talk:
      return {SAY(talk(ours, peer))};
    case Word::gate_closes:
      return closes_the_gate(before);
    case Word::cut:
      return tells_a_cut(before, move);
    case Word::checkpoints_fail:
      lines = {SAY(checkpoints_fail())};
      if (!before.sleeps_in.empty()) add(lines, SAY(program.sleeps_on()));
      return lines;
    case Word::checkpoint_in_passing:
      return {SAY(checkpoint_in_passing())};
    case Word::gate_opens:
      return opens_the_gate(before);
    case Word::program_sleeps:
      return {{fmt::format("program.sleeps_in(\"{}\")", move.how), program.sleeps_in(move.how)}};
    case Word::program_wakes:
      lines = {SAY(program.wakes_up())};
      if (before.sleeps_in == "edge") add(lines, SAY(ours.reads_all()));
      return lines;
    default:
      return tells_of_faults(before, move);
  }
}

#undef SAY

}  // namespace

Lines lines_of(const Walk& walk, const Variant& v) {
  Model model(walk.start);
  Lines lines = flavour_of(walk.start).begin(v);
  for (const Move& move : walk.moves) {
    const Model before = model;
    model.play(move);
    append(lines, tells(before, model, move));
  }
  append(lines, ending_of(model));
  return lines;
}

Steps steps_of(const Lines& lines) {
  Steps steps;
  for (const Line& line : lines) steps.append(line.steps);
  return steps;
}

}  // namespace sockcr::scenario
