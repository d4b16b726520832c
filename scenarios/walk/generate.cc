#include "scenarios/walk/generate.h"

#include <algorithm>

#include "scenarios/language/draw.h"
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
    {Word::ours_writes_urgently, 3, 6, 6},
    {Word::peer_writes_urgently, 5, 0, 3},
    {Word::ours_reads_to_the_mark, 3, 0, 0},
    {Word::ours_takes_the_urgent_byte, 12, 0, 0},
    {Word::ours_shuts_down, 3, 4, 3},
    {Word::peer_shuts_down, 4, 3, 2},
    {Word::ours_closes, 3, 4, 3},
    {Word::peer_closes, 2, 0, 0},
    {Word::peer_resets, 4, 0, 0},
    {Word::ours_sets, 12, 0, 0},
    {Word::ours_fills_up, 2, 0, 0},
    {Word::peer_fills_up, 3, 0, 0},
    {Word::they_talk, 1, 0, 0},
    {Word::wire_loses_ours, 4, 0, 0},
    {Word::wire_loses_peer, 2, 0, 0},
    {Word::wire_loses_both, 2, 0, 0},
    {Word::wire_refuses_ours, 2, 0, 0},
    {Word::wire_has_a_hole, 3, 0, 0},
    {Word::wire_is_bad, 4, 0, 0},
    {Word::gate_closes, 9, 12, 0},
    {Word::cut, 0, 0, 14},
    {Word::checkpoints_fail, 0, 0, 4},
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

// What a beginning is about shows only in a queue that is not empty; whether buffers grow, and
// windows close, only behind a cut; who was not let go on, only where somebody waits.
unsigned zeal_for(Word word, const Model& model) {
  const bool fills = word == Word::ours_fills_up || word == Word::peer_fills_up;
  if (fills && model.cuts > 0) return 6;
  if (word == Word::checkpoints_fail && !model.sleeps_in.empty()) return 14;
  return model.traits.wraps && word == Word::ours_writes ? 4 : 1;
}

// What ends something: much that a cut may come into needs both ends up and awake.
bool ends(Word word) {
  switch (word) {
    case Word::ours_shuts_down:
    case Word::peer_shuts_down:
    case Word::ours_closes:
    case Word::peer_closes:
    case Word::peer_resets:
    case Word::program_sleeps:
      return true;
    default:
      return false;
  }
}

unsigned chance_of(const Chance& chance, const Model& model, bool lasts) {
  if (lasts && model.cuts == 0 && ends(chance.word)) return 0;
  if (model.gate_is_closed) {
    const bool done = model.cut_here || model.passing_here;
    if (chance.word == Word::gate_opens && done) return 40;
    const bool is_last = model.has_one_gate() || model.gates > 1;
    if (chance.word == Word::gate_opens && is_last && model.cuts == 0) return 0;
    return chance.closed * zeal_for(chance.word, model);
  }
  return (model.is_open() ? chance.open : chance.faulty) * zeal_for(chance.word, model);
}

struct Manner {
  std::string_view how;
  unsigned weight;
};

// Those that few beginnings allow come more often, and what waits for a second does not.
constexpr Manner manners_of_a_cut[]{
    {"", 5},
    {"gap", 1},
    {"again", 4},
    {"arrivals", 9},
    {"two images", 3},
    {"other order", 3},
    {"beside a connection", 3},
    {"beside a listener", 3},
    {"beside a time-wait", 3},
    {"booted later", 5},
    {"up for longer", 11},
    {"ahead", 1},
    {"behind", 18},
};

std::string manner_of_a_cut(Draw& draw) {
  std::vector<unsigned> weights;
  for (const Manner& manner : manners_of_a_cut) weights.push_back(manner.weight);
  return std::string(manners_of_a_cut[draw.by_weight(weights)].how);
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
      return manner_of_a_cut(draw);
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

Move draw_move(const Model& model, bool lasts, Draw& draw) {
  std::vector<unsigned> weights;
  for (const Chance& chance : chances) weights.push_back(chance_of(chance, model, lasts));
  Move move = move_of(chances[draw.by_weight(weights)].word, draw);
  if (move.word == Word::cut && !model.allows(move)) move.how.clear();
  return move;
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
  const bool lasts = draw.one_in(2);  // up to the first cut
  const std::size_t length = 2 + draw.below(12);
  constexpr int most_tries = 1000;
  for (int tries = 0; tries < most_tries; ++tries) {
    if (walk.moves.size() >= length && !model.gate_is_closed) break;
    const Move move = draw_move(model, lasts, draw);
    if (!model.allows(move)) continue;
    model.play(move);
    walk.moves.push_back(move);
  }
  cut_at_last(walk, model);
  return walk;
}

}  // namespace sockcr::scenario
