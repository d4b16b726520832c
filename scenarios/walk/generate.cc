#include "scenarios/walk/generate.h"

#include <algorithm>

#include "scenarios/walk/draw.h"
#include "scenarios/walk/model.h"

namespace sockcr::scenario {
namespace {

// How often a word is drawn where it is allowed: on an open wire, on a faulty one, behind the
// closed gate.
struct Chance {
  Word word;
  unsigned open, faulty, closed;
};

constexpr Chance chances[]{
    {Word::ours_writes, 6, 10, 6},
    {Word::peer_writes, 6, 5, 4},
    {Word::ours_reads, 3, 2, 1},
    {Word::peer_reads, 3, 2, 1},
    {Word::ours_writes_urgently, 2, 3, 2},
    {Word::peer_writes_urgently, 3, 0, 2},
    {Word::ours_reads_to_the_mark, 3, 0, 0},
    {Word::ours_takes_the_urgent_byte, 12, 0, 0},
    {Word::ours_shuts_down, 3, 4, 3},
    {Word::peer_shuts_down, 4, 3, 2},
    {Word::ours_closes, 3, 4, 3},
    {Word::peer_closes, 2, 0, 0},
    {Word::peer_resets, 2, 0, 0},
    {Word::ours_sets, 12, 0, 0},
    {Word::ours_fills_up, 1, 0, 0},
    {Word::peer_fills_up, 1, 0, 0},
    {Word::they_talk, 1, 0, 0},
    {Word::wire_loses_ours, 4, 0, 0},
    {Word::wire_loses_peer, 2, 0, 0},
    {Word::wire_loses_both, 2, 0, 0},
    {Word::wire_refuses_ours, 2, 0, 0},
    {Word::wire_has_a_hole, 3, 0, 0},
    {Word::wire_is_bad, 4, 0, 0},
    {Word::gate_closes, 9, 12, 0},
    {Word::cut, 0, 0, 14},
    {Word::checkpoints_fail, 0, 0, 2},
    {Word::checkpoint_in_passing, 0, 0, 20},
    {Word::gate_opens, 0, 0, 2},
    {Word::program_sleeps, 12, 0, 0},
    {Word::program_wakes, 10, 0, 0},
    {Word::client_knocks, 10, 0, 0},
    {Word::client_writes, 4, 0, 3},
    {Word::client_shuts_down, 2, 0, 0},
    {Word::listener_accepts, 4, 0, 0},
    {Word::child_writes, 3, 0, 2},
};

unsigned chance_of(const Chance& chance, const Model& model) {
  if (model.gate_is_closed) {
    const bool done = model.cut_here || model.passing_here;
    if (chance.word == Word::gate_opens && done) return 40;
    const Traits& traits = model.traits;
    const bool is_last =
        traits.shrinks || traits.readdressed || traits.link_gate || model.gates > 1;
    if (chance.word == Word::gate_opens && is_last && model.cuts == 0) return 0;
    return chance.closed;
  }
  return model.is_open() ? chance.open : chance.faulty;
}

// Those that few beginnings allow come more often, and what waits for a second does not.
const std::vector<std::string>& drawn_cuts() {
  static const std::vector<std::string> drawn = [] {
    std::vector<std::string> all = cut_manners();
    for (int i = 0; i < 3; ++i) {
      all.insert(all.end(), {"arrivals", "arrivals", "up for longer", "up for longer",
                             "booted later", "behind", "behind", "behind", "again"});
    }
    return all;
  }();
  return drawn;
}

std::string manner_of(Word word, Draw& draw) {
  switch (word) {
    case Word::ours_sets:
      return draw.one_of(settable_options());
    case Word::wire_is_bad:
      return draw.one_of(bad_manners());
    case Word::program_sleeps:
      return draw.one_of(std::vector<std::string>{"read", "epoll", "edge"});
    case Word::cut:
      return draw.one_in(2) ? draw.one_of(drawn_cuts()) : "";
    default:
      return "";
  }
}

Move move_of(Word word, Draw& draw) {
  static const std::vector<unsigned> amounts{1, 100, 100, 1000, 3000, 3000};
  Move move{.word = word};
  if (has_amount(word)) move.amount = draw.one_of(amounts);
  if (has_manner(word)) move.how = manner_of(word, draw);
  return move;
}

Move draw_move(const Model& model, Draw& draw) {
  std::vector<unsigned> weights;
  for (const Chance& chance : chances) weights.push_back(chance_of(chance, model));
  return move_of(chances[draw.by_weight(weights)].word, draw);
}

Start draw_start(Draw& draw) {
  static const std::vector<Family> families{Family::v4, Family::v4, Family::v6, Family::v6,
                                            Family::mapped};
  std::vector<unsigned> weights;
  for (const Flavour& flavour : flavours()) weights.push_back(flavour.weight);
  Start start;
  start.family = draw.one_of(families);
  start.side = draw.one_in(2) ? Side::active : Side::passive;
  start.options = draw.one_in(4) ? Options::nots : Options::ts;
  start.flavour = flavours()[draw.by_weight(weights)].name;
  return fitted(start);
}

// A walk without a cut proves nothing.
void cut_at_last(Walk& walk, Model& model) {
  const bool is_cut = std::any_of(walk.moves.begin(), walk.moves.end(), [](const Move& move) {
    return move.word == Word::cut || move.word == Word::checkpoint_in_passing;
  });
  if (is_cut) return;
  const Word checkpoint = model.sleeps_in.empty() ? Word::cut : Word::checkpoint_in_passing;
  for (const Word word : {Word::program_wakes, Word::gate_closes, checkpoint, Word::gate_opens}) {
    if (!model.allows({.word = word})) continue;
    model.play({.word = word});
    walk.moves.push_back({.word = word});
  }
}

}  // namespace

Walk walk_of(std::uint64_t seed) {
  Draw draw(seed);
  Walk walk{.start = draw_start(draw), .moves = {}};
  Model model(walk.start);
  const std::size_t length = 2 + draw.below(12);
  constexpr int most_tries = 1000;
  for (int tries = 0; tries < most_tries; ++tries) {
    if (walk.moves.size() >= length && !model.gate_is_closed) break;
    const Move move = draw_move(model, draw);
    if (!model.allows(move)) continue;
    model.play(move);
    walk.moves.push_back(move);
  }
  cut_at_last(walk, model);
  return walk;
}

}  // namespace sockcr::scenario
