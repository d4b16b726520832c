#include "scenarios/walk/ending.h"

#include "scenarios/walk/options.h"

namespace sockcr::scenario {
namespace {

#define SAY(...) SOCKCR_LINE(__VA_ARGS__)

void add(Lines& lines, Line line) { lines.push_back(std::move(line)); }

// What stands in the way goes, as it goes in every timeline: behind the gate.
void heal(Model& model, Lines& lines) {
  const Stage stage = model.stage;
  const bool unfinished = stage == Stage::connecting || stage == Stage::requested;
  const bool must_close = !model.gate_is_closed && (model.is_faulty() || model.is_bad ||
                                                    model.gate_must_close || model.gates == 0);
  if (must_close) {
    append(lines, closes_the_gate(model));
    model.gate_is_closed = true;
  }
  if (!model.gate_is_closed && !unfinished) return model.heal();
  add(lines, SAY(gate.opens()));
  if (model.passing_here) add(lines, SAY(ours_goes_on()));
  model.play({.word = Word::gate_opens});
  append(lines, arrival_of(stage, model));
  if (model.lingers()) add(lines, SAY(ours.is_kept_for_at_most(20)));
}

Lines wakes_the_program(const Model& model) {
  Lines lines;
  if (model.sleeps_in.empty()) return lines;
  if (model.wakes) add(lines, SAY(program.wakes_up()));
  add(lines, SAY(program.idles()));
  return lines;
}

void read_what_is_left(const Model& model, Lines& lines) {
  const bool read_by_program = model.wakes && model.sleeps_in != "edge";
  if (!model.ours.closed) {
    if (model.peer.mark == Mark::taken) add(lines, SAY(ours.has_no_urgent_byte()));
    if (model.peer.mark == Mark::ahead) add(lines, SAY(ours.reads_up_to_the_mark()));
    if (model.peer.mark == Mark::ahead || model.peer.mark == Mark::reached) {
      add(lines, SAY(ours.reads_the_urgent_byte()));
    }
    if (model.peer.unread > 0 && !read_by_program) add(lines, reads_all(named_ours()));
  }
  if (model.peer.closed) return;
  if (model.ours.mark == Mark::ahead) {
    add(lines, SAY(peer.reads_up_to_the_mark()));
    add(lines, SAY(peer.reads_the_urgent_byte()));
  }
  if (model.ours.unread > 0) add(lines, reads_all(named_peer()));
}

Lines parting_behind(const Named& first, const Named& second, const Stream& of_first) {
  if (!of_first.closed) {
    return {{fmt::format("part_behind({}, {})", first.source, second.source),
             part_behind(first.end, second.end)}};
  }
  return {plainly(second, "reads_eof", &End::reads_eof), is_kept_in(first, TcpState::fin_wait2),
          plainly(second, "closes", &End::closes)};
}

Lines parting(const Model& model) {
  const Stream &mine = model.ours, &theirs = model.peer;
  if (!mine.shut && !theirs.shut) return {SAY(part(ours, peer))};
  if (mine.shut && !theirs.shut) return parting_behind(named_ours(), named_peer(), mine);
  if (theirs.shut && !mine.shut) return parting_behind(named_peer(), named_ours(), theirs);
  Lines lines;
  if (!theirs.closed) add(lines, SAY(peer.reads_eof()));
  if (!mine.closed) {
    add(lines, SAY(ours.reads_eof()));
    add(lines, SAY(ours.closes()));
  }
  if (!theirs.closed) add(lines, SAY(peer.closes()));
  return lines;
}

Lines breaking_off(const Model& model) {
  Lines lines;
  if (model.peer.unread > 0) add(lines, SAY(ours.reads_all()));
  append(lines, {SAY(ours.reads_error(ECONNRESET)), SAY(ours.cannot_write()), SAY(ours.closes())});
  return lines;
}

Lines held(const Start& start) {
  const Flavour& flavour = flavour_of(start);
  return flavour.still == nullptr ? Lines{} : flavour.still();
}

Lines end_of_conversation(const Model& model) {
  Lines lines = wakes_the_program(model);
  if (model.was_reset) {
    append(lines, breaking_off(model));
  } else {
    if (!model.ours.closed) {
      for (const std::string& name : model.options) append(lines, still_has_option(name));
      if (flavour_of(model.start).stage == Stage::connected) append(lines, held(model.start));
    }
    read_what_is_left(model, lines);
    append(lines, parting(model));
  }
  if (model.traits.shared) {
    append(lines, {SAY(child(2).reads_all()), SAY(part(client(2), child(2)))});
  }
  return lines;
}

void serve(const Guest& guest, int number, Lines& lines) {
  const Named one = named_child(number), other = named_client(number);
  if (!guest.accepted && !guest.unheard && !guest.shut) {
    return add(lines, {fmt::format("is_served({})", number), is_served(number)});
  }
  if (!guest.accepted) {
    add(lines, {fmt::format("listener.accepts({})", other.source), listener.accepts(other.end)});
  }
  if (guest.unread > 0) add(lines, reads_all(one));
  if (guest.unheard) add(lines, reads_all(other));
  if (guest.shut) {
    add(lines, plainly(one, "reads_eof", &End::reads_eof));
    add(lines, plainly(one, "closes", &End::closes));
    add(lines, plainly(other, "reads_eof", &End::reads_eof));
    return add(lines, plainly(other, "closes", &End::closes));
  }
  add(lines, {fmt::format("part({}, {})", one.source, other.source), part(one.end, other.end)});
}

Lines end_of_guests(const Model& model) {
  Lines lines;
  for (std::size_t i = 0; i < model.guests.size(); ++i) {
    serve(model.guests[i], static_cast<int>(i) + 1, lines);
  }
  if (model.guests.empty()) {
    append(lines, {SAY(client(1).connects()), SAY(listener.accepts(client(1))),
                   SAY(part(client(1), child(1)))});
  }
  add(lines, SAY(listener.closes()));
  return lines;
}

Lines end_of_group() {
  return {SAY(member(1).is_chosen_by_place(0)),
          SAY(client(1).connects()),
          SAY(member(1).accepts(client(1))),
          SAY(part(client(1), child(1))),
          SAY(member(1).closes()),
          SAY(member(2).closes())};
}

Lines end_of_all(const Model& model) {
  switch (model.stage) {
    case Stage::connected:
    case Stage::connecting:
      return end_of_conversation(model);
    case Stage::listening:
    case Stage::requested:
      return end_of_guests(model);
    case Stage::grouped:
      return end_of_group();
    case Stage::crowded:
      return {SAY(crowd_leaves(110)), SAY(listener.closes())};
  }
  return {};
}

}  // namespace

Lines settles(const Model& model) {
  Lines lines;
  if (!model.in_flight) return lines;
  // Behind a gate that has opened, what is unsent waits for its timer.
  if (model.has_lost && !model.ours.closed) add(lines, SAY(ours.has_unsent(0)));
  if (!model.ours.closed) add(lines, SAY(ours.has_unacked(0)));
  if (!model.peer.closed) add(lines, SAY(peer.has_unacked(0)));
  return lines;
}

Lines closes_the_gate(const Model& model) {
  Lines lines;
  if (model.traits.link_gate && !model.was_reset) lines = settles(model);
  add(lines, SAY(gate.closes()));
  return lines;
}

Lines arrival_of(Stage stage, const Model& model) {
  if (stage == Stage::requested) {
    return {SAY(listener.has_waiting(1))};
  }
  if (stage != Stage::connecting) return {};
  Lines lines;
  if (model.start.flavour.find("bound") != std::string::npos) {
    lines = held(model.start);
    append(lines, {SAY(peer.listens()), SAY(ours.connects())});
  }
  append(lines, {SAY(ours.comes_to(TcpState::established)), SAY(peer.accepts())});
  return lines;
}

Lines ending_of(Model model) {
  Lines lines;
  heal(model, lines);
  append(lines, end_of_all(model));
  add(lines, SAY(conversation_ends()));
  if (model.traits.is_signed) add(lines, SAY(no_signature_was_wrong()));
  return lines;
}

#undef SAY

}  // namespace sockcr::scenario
