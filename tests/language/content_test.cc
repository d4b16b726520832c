#include <gtest/gtest.h>

#include <algorithm>

#include "scenarios/language/content.h"

namespace sockcr::scenario {
namespace {

TEST(Content, DependsOnThePlaceAndNotOnThePiece) {
  const auto whole = content(7, Speaker::ours, 0, 1000);
  const auto piece = content(7, Speaker::ours, 123, 456);
  EXPECT_TRUE(std::equal(piece.begin(), piece.end(), whole.begin() + 123));
}

TEST(Content, DiffersBySpeakerAndSeed) {
  const auto ours = content(7, Speaker::ours, 0, 64);
  EXPECT_NE(ours, content(7, Speaker::peer, 0, 64));
  EXPECT_NE(ours, content(8, Speaker::ours, 0, 64));
}

TEST(Content, ShiftedByOneByteIsOtherContent) {
  const auto here = content(7, Speaker::peer, 0, 1000);
  const auto shifted = content(7, Speaker::peer, 1, 1000);
  std::size_t equal = 0;
  for (std::size_t i = 0; i < here.size(); ++i) equal += here[i] == shifted[i] ? 1 : 0;
  EXPECT_LT(equal, 30u);  // 4 expected by chance
}

}  // namespace
}  // namespace sockcr::scenario
