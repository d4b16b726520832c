#include "scenarios/walk/generate.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <set>

#include "scenarios/walk/draw.h"
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
            "v6; moves to another address; ours shuts down; peer writes 100; gate closes; cut; "
            "gate opens");
  EXPECT_EQ(to_text(walk_of(2026)),
            "narrow path; ours sets cork; ours shuts down; peer writes 1; ours sets keepalive; "
            "gate closes; cut; gate opens");
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
