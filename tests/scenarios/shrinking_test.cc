#include "scenarios/runner/shrinking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <functional>

namespace sockcr::runner {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Plays every candidate of a walk of which this tells whether it fails.
Shrinking shrunk(Pieces pieces, const std::function<bool(const Pieces&)>& fails,
                 std::size_t most_tries = 200) {
  Shrinking shrinking(std::move(pieces), most_tries);
  for (auto batch = shrinking.next(); !batch.empty(); batch = shrinking.next()) {
    for (const Pieces& candidate : batch) {
      if (fails(candidate)) shrinking.fails(candidate);
    }
  }
  return shrinking;
}

bool has(const Pieces& pieces, const std::string& wanted) {
  return std::count(pieces.begin(), pieces.end(), wanted) != 0;
}

Pieces letters() {
  Pieces all;
  for (char c = 'a'; c <= 'z'; ++c) all.emplace_back(1, c);
  return all;
}

TEST(Shrinking, FindsTheOneThatIsToBlame) {
  const auto fails = [](const Pieces& pieces) { return has(pieces, "q"); };
  EXPECT_THAT(shrunk(letters(), fails).best(), ElementsAre("q"));
}

TEST(Shrinking, FindsSeveralThatAreFarApart) {
  const auto fails = [](const Pieces& pieces) {
    return has(pieces, "a") && has(pieces, "m") && has(pieces, "z");
  };
  EXPECT_THAT(shrunk(letters(), fails).best(), ElementsAre("a", "m", "z"));
}

TEST(Shrinking, LeavesNothingWhereEverythingFails) {
  EXPECT_THAT(shrunk(letters(), [](const Pieces&) { return true; }).best(), IsEmpty());
}

TEST(Shrinking, KeepsWhatCannotBeLeftOut) {
  const Pieces all = letters();
  EXPECT_EQ(shrunk(all, [](const Pieces&) { return false; }).best(), all);
}

// Backwards and backwards again is forwards: two of three cuts go together, or none.
TEST(Shrinking, LeavesOutWhatGoesTogetherOrNotAtAll) {
  Pieces pieces{"passive", "group"};
  for (int i = 0; i < 3; ++i) pieces.insert(pieces.end(), {"gate closes", "cut", "gate opens"});
  const auto fails = [](const Pieces& played) {
    const auto cuts = std::count(played.begin(), played.end(), "cut");
    return has(played, "group") && cuts % 2 == 1 &&
           std::count(played.begin(), played.end(), "gate closes") == cuts;
  };
  EXPECT_THAT(shrunk(pieces, fails).best(), ElementsAre("group", "gate closes", "cut"));
}

TEST(Shrinking, GivesWhatFailsNowAndThenASecondChance) {
  std::set<Pieces> seen;
  const auto fails = [&](const Pieces& pieces) {
    return has(pieces, "c") && !seen.insert(pieces).second;
  };
  const Pieces all{"a", "b", "c", "d", "e", "f", "g", "h"};
  EXPECT_LT(shrunk(all, fails).best().size(), all.size());
}

TEST(Shrinking, SimplifiesWhatIsLeft) {
  const auto fails = [](const Pieces& pieces) {
    return std::any_of(pieces.begin(), pieces.end(),
                       [](const std::string& piece) { return piece.starts_with("cut"); });
  };
  EXPECT_THAT(shrunk({"v6", "ours writes 3000", "cut beside a listener"}, fails).best(),
              ElementsAre("cut"));
}

TEST(Shrinking, TriesNothingTwiceAndNoMoreThanItMay) {
  std::set<Pieces> tried;
  const auto fails = [&](const Pieces& pieces) {
    EXPECT_TRUE(tried.insert(pieces).second);
    return pieces.size() % 2 == 0 && has(pieces, "k");
  };
  EXPECT_LE(shrunk(letters(), fails, 30).tries(), 30U);
  EXPECT_LE(tried.size(), 30U);
}

// A candidate may have been made legal, and be no simpler for it.
TEST(Shrinking, TakesOnlyWhatIsSimpler) {
  Shrinking shrinking({"a", "b"});
  ASSERT_FALSE(shrinking.next().empty());
  EXPECT_FALSE(shrinking.fails({"a", "b"}));
  EXPECT_FALSE(shrinking.fails({"a", "longer"}));
  EXPECT_TRUE(shrinking.fails({"b"}));
}

}  // namespace
}  // namespace sockcr::runner
