#include "scenarios/runner/blocks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sockcr::runner {
namespace {

using scenario::Verdict;

RunFacts facts(std::optional<std::uint64_t> rounds) {
  RunFacts facts;
  facts.shares = {{"half_closed", 2}, {"listen", 1}};
  facts.once = {{"torn", 1}};
  facts.rounds = rounds;
  return facts;
}

JudgedCase judged(const std::string& scenario, const std::string& variant, std::uint64_t round = 0,
                  const std::string& cut = "once") {
  JudgedCase judged;
  judged.scenario = scenario;
  judged.variant = variant;
  judged.name = scenario + "." + variant;
  judged.round = round;
  judged.cut = cut;
  judged.result.verdict = Verdict::pass;
  return judged;
}

TEST(Blocks, AreCompleteWithTheirLastCase) {
  Blocks blocks;
  blocks.begin(facts(1));
  EXPECT_FALSE(blocks.add(judged("half_closed", "a")));
  EXPECT_TRUE(blocks.add(judged("listen", "a")));
  const auto complete = blocks.add(judged("half_closed", "b"));
  ASSERT_TRUE(complete);
  EXPECT_EQ(complete->scenario, "half_closed");
  EXPECT_EQ(complete->tally().of(Verdict::pass), 2U);
  EXPECT_TRUE(blocks.take_rest().empty());
}

TEST(Blocks, OfOverlappingRoundsAreKeptApart) {
  Blocks blocks;
  blocks.begin(facts(2));
  EXPECT_FALSE(blocks.add(judged("half_closed", "a", 0)));
  EXPECT_FALSE(blocks.add(judged("half_closed", "a", 1)));
  EXPECT_EQ(blocks.add(judged("half_closed", "b", 1))->name(), "half_closed.round2");
  EXPECT_EQ(blocks.add(judged("half_closed", "b", 0))->name(), "half_closed");
}

TEST(Blocks, ThatNeverEndAreTheRest) {
  Blocks blocks;
  blocks.begin(facts(1));
  blocks.add(judged("half_closed", "a"));
  const auto rest = blocks.take_rest();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_FALSE(rest[0].is_complete());
  EXPECT_EQ(rest[0].planned, 2U);
}

TEST(Blocks, ArePlannedWhereThereIsAnEnd) {
  Blocks blocks;
  blocks.begin(facts(3));
  EXPECT_EQ(blocks.planned(), 7U);  // what is damaged is told once
  Blocks for_ever;
  for_ever.begin(facts(std::nullopt));
  EXPECT_EQ(for_ever.planned(), std::nullopt);
}

TEST(NameInBlock, SaysWhatDiffersFromOneCut) {
  EXPECT_EQ(name_in_block(judged("listen", "v4")), "v4");
  EXPECT_EQ(name_in_block(judged("listen", "v4", 0, "twice")), "v4.twice");
  EXPECT_EQ(name_in_block(judged("torn", "")), "torn");
}

}  // namespace
}  // namespace sockcr::runner
