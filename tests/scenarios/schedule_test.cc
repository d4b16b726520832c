#include "scenarios/runner/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

namespace sockcr::runner {
namespace {

using testing::ElementsAre;

std::vector<CaseId> some_cases(std::size_t count) {
  std::vector<CaseId> cases;
  for (std::size_t i = 0; i < count; ++i) cases.push_back({0, i});
  return cases;
}

std::vector<std::string> drawn(Schedule schedule, std::size_t most = 1000) {
  std::vector<std::string> names;
  while (names.size() < most) {
    const auto planned = schedule.next();
    if (!planned) break;
    names.push_back(std::to_string(planned->id.variant) + planned->cut + "#" +
                    std::to_string(planned->round));
  }
  return names;
}

TEST(Schedule, EachCaseWithEachCut) {
  EXPECT_THAT(drawn({some_cases(2), {"none", "once"}, {}}),
              ElementsAre("0none#0", "0once#0", "1none#0", "1once#0"));
}

TEST(Schedule, KnowsTheShareOfEachScenario) {
  const std::vector<CaseId> cases{{0, 0}, {0, 1}, {4, 0}};
  const Schedule schedule(cases, {"once", "twice"}, {.shard = {1, 2}, .rounds = 3});
  EXPECT_THAT(schedule.shares(), ElementsAre(testing::Pair(0, 2), testing::Pair(4, 1)));
}

TEST(Schedule, StaysAtItsEnd) {
  Schedule schedule(some_cases(1), {"once"}, {});
  EXPECT_TRUE(schedule.next());
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(schedule.next());
}

TEST(Schedule, OfNothingIsOver) {
  EXPECT_FALSE(Schedule({}, {"once"}, {}).next());
  EXPECT_FALSE(Schedule({}, {"once"}, {.rounds = std::nullopt}).next());
}

TEST(Schedule, Repeats) {
  Schedule schedule(some_cases(2), {"once"}, {.rounds = 2});
  EXPECT_EQ(schedule.total(), 4U);
  EXPECT_THAT(drawn(schedule), ElementsAre("0once#0", "1once#0", "0once#1", "1once#1"));
}

TEST(Schedule, ForEver) {
  Schedule schedule(some_cases(3), {"once"}, {.rounds = std::nullopt});
  EXPECT_EQ(schedule.total(), std::nullopt);
  EXPECT_EQ(drawn(schedule, 500).size(), 500U);
}

TEST(Schedule, ShardsAreDisjointAndWhole) {
  const std::vector<std::string> cuts{"none", "once", "twice"};
  for (const bool shuffle : {false, true}) {
    std::multiset<std::string> together;
    for (std::uint64_t i = 1; i <= 4; ++i) {
      const auto part = drawn(
          {some_cases(7), cuts, {.seed = 9, .shuffle = shuffle, .shard = {i, 4}, .rounds = 1}});
      EXPECT_GE(part.size(), 5U);
      together.insert(part.begin(), part.end());
    }
    const auto whole = drawn({some_cases(7), cuts, {}});
    EXPECT_EQ(together, std::multiset<std::string>(whole.begin(), whole.end()));
  }
}

TEST(Schedule, ShufflesTheSameForTheSameSeed) {
  const auto with_seed = [](std::uint64_t seed) {
    return drawn({some_cases(30), {"once"}, {.seed = seed, .shuffle = true}});
  };
  EXPECT_EQ(with_seed(5), with_seed(5));
  EXPECT_NE(with_seed(5), with_seed(6));
  EXPECT_NE(with_seed(5), drawn({some_cases(30), {"once"}, {}}));
}

TEST(Schedule, ShufflesEachRoundAnew) {
  const auto all = drawn({some_cases(30), {""}, {.seed = 5, .shuffle = true, .rounds = 2}});
  ASSERT_EQ(all.size(), 60U);
  std::vector<std::string> rounds[2];
  for (std::size_t i = 0; i < 60; ++i) {
    rounds[i / 30].push_back(all[i].substr(0, all[i].find('#')));
  }
  EXPECT_NE(rounds[0], rounds[1]);
  EXPECT_EQ(std::set(rounds[0].begin(), rounds[0].end()),
            std::set(rounds[1].begin(), rounds[1].end()));
}

// What a failure report says must hold on every machine and for ever.
TEST(Schedule, ItsOrderIsFixed) { EXPECT_THAT(shuffled_order(5, 1), ElementsAre(1, 4, 0, 2, 3)); }

}  // namespace
}  // namespace sockcr::runner
