#include <gtest/gtest.h>
#include <stdexcept>

#include "scenarios/walk/generate.h"
#include "scenarios/walk/walk.h"

namespace sockcr::scenario {
namespace {

TEST(TextOfAWalk, ComesBackTheSame) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const Walk walk = walk_of(seed);
    ASSERT_EQ(walk_from(to_text(walk)), walk) << to_text(walk);
  }
}

TEST(TextOfAWalk, SaysWhatDiffersFromTheUsualStart) {
  EXPECT_EQ(to_text(Walk{}), "");
  const Walk walk{
      .start = {Family::mapped, Side::passive, Options::nots, "MSS 536"},
      .moves = {{Word::ours_writes, 3000, ""}, {Word::gate_closes, 0, ""}, {Word::cut, 0, "gap"}}};
  EXPECT_EQ(to_text(walk),
            "mapped; passive; nots; MSS 536; ours writes 3000; gate closes; cut gap");
}

TEST(TextOfAWalk, TakesTheLongestWord) {
  const Walk walk = walk_from("ours reads to the mark; ours reads");
  ASSERT_EQ(walk.moves.size(), 2U);
  EXPECT_EQ(walk.moves[0].word, Word::ours_reads_to_the_mark);
  EXPECT_EQ(walk.moves[1].word, Word::ours_reads);
}

TEST(TextOfAWalk, MayLeaveAnAmountOut) {
  EXPECT_EQ(walk_from("ours writes").moves.front().amount, 100U);
}

TEST(TextOfAWalk, IsRefusedWhereItIsNone) {
  for (const char* text : {"ours dances", "ours writes many", "ours writes 0", "gate closes 3",
                           "ours writes 99999999999", "oursreads"}) {
    EXPECT_THROW(walk_from(text), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace sockcr::scenario
