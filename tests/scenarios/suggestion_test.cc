#include "scenarios/runner/suggestion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sockcr::runner {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(EditDistance, CountsWhatWasMistyped) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", "abc"), 0U);
  EXPECT_EQ(edit_distance("abc", "abd"), 1U);
  EXPECT_EQ(edit_distance("abc", "ac"), 1U);
  EXPECT_EQ(edit_distance("abc", "acb"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Nearest, BestFirstAndAtMostThree) {
  EXPECT_THAT(nearest("closing", {"close", "closing", "clsoing", "listen"}),
              ElementsAre("closing", "clsoing"));
  EXPECT_THAT(nearest("fin", {"fin_wait1", "fin_wait2", "fin_wait3", "fin_wait4"}),
              ElementsAre("fin_wait1", "fin_wait2", "fin_wait3"));
  EXPECT_THAT(nearest("zebra", {"close", "listen"}), IsEmpty());
}

TEST(DidYouMean, SaysNothingWhenNothingIsNear) {
  EXPECT_EQ(did_you_mean("zebra", {"close"}), "");
  EXPECT_EQ(did_you_mean("clsoe", {"close"}), "; did you mean close?");
}

}  // namespace
}  // namespace sockcr::runner
