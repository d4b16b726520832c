#include "scenarios/walk/generate.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <functional>
#include <set>

#include "scenarios/language/draw.h"
#include "scenarios/walk/model.h"

namespace sockcr::scenario {
namespace {

constexpr std::uint64_t many = 10'000;

bool ends_with_the_gate_open(const Walk& walk) {
  Model model(walk.start);
  for (const Move& move : walk.moves) model.play(move);
  return !model.gate_is_closed;
}

TEST(Walks, AreLegal) {
  for (std::uint64_t seed = 0; seed < many; ++seed) {
    const Walk walk = walk_of(seed);
    ASSERT_EQ(to_text(legal(walk)), to_text(walk)) << "seed " << seed;
  }
}

TEST(Walks, CutAndOpenTheGateAgain) {
  for (std::uint64_t seed = 0; seed < many; ++seed) {
    const Walk walk = walk_of(seed);
    const auto cuts = std::count_if(walk.moves.begin(), walk.moves.end(), [](const Move& move) {
      return move.word == Word::cut || move.word == Word::checkpoint_in_passing;
    });
    ASSERT_GE(cuts, 1) << "seed " << seed << ": " << to_text(walk);
    ASSERT_LE(cuts, 4) << "seed " << seed << ": " << to_text(walk);
    ASSERT_TRUE(ends_with_the_gate_open(walk)) << "seed " << seed << ": " << to_text(walk);
  }
}

// All machines draw the same: a seed in somebody's report is a walk here too.
TEST(Walks, AreTheSameForTheSameSeed) {
  EXPECT_EQ(to_text(walk_of(1)),
            "v6; passive; listener; gate closes; cut; gate opens; gate closes; cut; gate opens; "
            "gate closes; cut; gate opens; gate closes; cut; gate opens");
  EXPECT_EQ(
      to_text(walk_of(2026)),
      "translated; ours sets nagle; peer writes 100; ours sets hop limit; peer writes 3000; gate "
      "closes; cut; gate opens; ours reads; ours sets reno; peer closes; gate closes; cut; "
      "gate opens");
}

TEST(Walks, DifferFromSeedToSeed) {
  std::set<std::string> texts;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) texts.insert(to_text(walk_of(seed)));
  EXPECT_GT(texts.size(), 950U);
}

TEST(Walks, UseEveryFlavourAndEveryWord) {
  std::set<std::string> flavours_used;
  std::set<Word> words_used;
  for (std::uint64_t seed = 0; seed < many; ++seed) {
    const Walk walk = walk_of(seed);
    flavours_used.insert(walk.start.flavour);
    for (const Move& move : walk.moves) words_used.insert(move.word);
  }
  EXPECT_EQ(flavours_used.size(), flavours().size());
  EXPECT_EQ(words_used.size(), number_of_words());
}

// What makes a mistake show: at one of the walk's cuts, or anywhere in it.
struct Ingredient {
  std::string name;
  std::function<bool(const Walk&)> is_in;
};

Ingredient beginning(std::vector<std::string> names) {
  std::string text = names.front();
  return {text, [names = std::move(names)](const Walk& walk) {
            return std::count(names.begin(), names.end(), walk.start.flavour) != 0;
          }};
}

Ingredient cut_with(std::vector<std::string> manners) {
  std::string text = "cut " + manners.front();
  return {text, [manners = std::move(manners)](const Walk& walk) {
            return std::any_of(walk.moves.begin(), walk.moves.end(), [&](const Move& move) {
              return move.word == Word::cut &&
                     std::count(manners.begin(), manners.end(), move.how) != 0;
            });
          }};
}

Ingredient at_a_cut(std::string name, bool (*holds)(const Model&)) {
  return {std::move(name), [holds](const Walk& walk) {
            Model model(walk.start);
            bool found = false;
            for (const Move& move : walk.moves) {
              found |= move.word == Word::cut && holds(model);
              model.play(move);
            }
            return found;
          }};
}

bool fills_up_behind_a_cut(const Walk& walk) {
  bool is_cut = false, fills_up = false;
  for (const Move& move : walk.moves) {
    fills_up |= is_cut && move.word == Word::peer_fills_up;
    is_cut |= move.word == Word::cut;
  }
  return fills_up;
}

bool fails_while_a_program_sleeps(const Walk& walk) {
  Model model(walk.start);
  bool found = false;
  for (const Move& move : walk.moves) {
    found |= move.word == Word::checkpoints_fail && !model.sleeps_in.empty();
    model.play(move);
  }
  return found;
}

const std::vector<Ingredient>& ingredients() {
  static const std::vector<Ingredient> all{
      beginning({"device", "link local"}),
      beginning({"shared port"}),
      beginning({"no window scale"}),
      beginning({"signed"}),
      beginning({"clock near its wrap", "clock behind its wrap"}),
      beginning({"shrinking window"}),
      beginning({"short wait"}),
      beginning({"moves", "moves by its cable", "moves to another address"}),
      beginning({"moves to another address"}),
      beginning({"firewall of ours", "firewall of peer", "translated"}),
      beginning({"SYN lost", "SYN unanswered"}),
      beginning({"SYN-ACK lost", "SYN-ACK unanswered"}),
      beginning({"bound", "bound to the wildcard"}),
      beginning({"group"}),
      beginning({"crowd"}),
      cut_with({"up for longer"}),
      cut_with({"behind"}),
      cut_with({"arrivals"}),
      cut_with({"beside a connection", "beside a listener", "beside a time-wait"}),
      at_a_cut("an urgent byte of the peer",
               [](const Model& m) { return m.peer.mark == Mark::ahead && !m.ours.closed; }),
      at_a_cut("an urgent byte that was taken",
               [](const Model& m) { return m.peer.mark == Mark::taken && !m.ours.closed; }),
      at_a_cut("an urgent byte of ours",
               [](const Model& m) { return m.ours.mark != Mark::none && !m.ours.arrived(); }),
      at_a_cut("a queue that wraps",
               [](const Model& m) { return m.traits.wraps && m.ours.on_its_way() > 50; }),
      at_a_cut("a hole", [](const Model& m) { return m.peer.undelivered >= 3100; }),
      {"a buffer that grows behind a cut", fills_up_behind_a_cut},
      {"a checkpoint that fails while a program sleeps", fails_while_a_program_sleeps},
  };
  return all;
}

// Or a mistake that shows in nothing else is found late, or never.
TEST(Walks, HaveEachIngredientOften) {
  std::vector<Walk> walks;
  for (std::uint64_t seed = 0; seed < many; ++seed) walks.push_back(walk_of(seed));
  for (const Ingredient& ingredient : ingredients()) {
    const auto found = std::count_if(walks.begin(), walks.end(), ingredient.is_in);
    EXPECT_GT(found, static_cast<std::ptrdiff_t>(many / 50)) << ingredient.name;
  }
}

TEST(Draw, TakesWhatTheWeightsSay) {
  Draw draw(7);
  std::vector<unsigned> taken(3);
  for (int i = 0; i < 1000; ++i) ++taken[draw.by_weight({1, 0, 3})];
  EXPECT_EQ(taken[1], 0U);
  EXPECT_GT(taken[2], 2 * taken[0]);
  EXPECT_GT(taken[0], 150U);
}

}  // namespace
}  // namespace sockcr::scenario
