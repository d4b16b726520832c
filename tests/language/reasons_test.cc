#include "scenarios/language/reasons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sockcr::scenario {
namespace {

using testing::HasSubstr;

Steps timeline_of(std::initializer_list<const char*> sentences) {
  Steps steps;
  for (const char* sentence : sentences) steps.append(Step{sentence, [](World&) {}});
  return steps;
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(Reasons, AreThoseOfThePart) {
  EXPECT_THAT(reason_of("ours writes 3000 bytes", Part::closed), HasSubstr("into the void"));
  EXPECT_THAT(reason_of("ours writes 3000 bytes", Part::after), HasSubstr("goes on"));
  EXPECT_THAT(reason_of("child 12 writes 1 bytes", Part::closed), HasSubstr("into the void"));
}

TEST(Reasons, OfWhatNobodyKnowsAreEmpty) {
  EXPECT_EQ(reason_of("ours sings", Part::before), "");
  EXPECT_EQ(reason_of("and ours writes 3000 bytes", Part::closed), "");  // the whole sentence
}

TEST(Reasons, AreToldOnceInAPart) {
  const std::string text =
      explained(timeline_of({"ours writes 3 bytes", "gate closes", "ours writes 3 bytes",
                             "child 2 writes 4 bytes", "gate opens", "ours sings"}));
  EXPECT_EQ(count_of(text, "into the void"), 1U);
  EXPECT_THAT(text, HasSubstr("\nBehind the closed gate:\n   2  gate closes\n"));
  EXPECT_THAT(text, HasSubstr("   6  ours sings\n          (no reason is written down)\n"));
}

TEST(Reasons, FitALine) {
  const std::string text = explained(timeline_of({"gate closes", "cut ours", "gate opens"}));
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    EXPECT_LE(end - at, 92U);
    EXPECT_NE(text[end - 1], ' ');
    at = end + 1;
  }
}

}  // namespace
}  // namespace sockcr::scenario
