#include "scenarios/runner/tally.h"

#include <gtest/gtest.h>

#include "scenarios/runner/exit_code.h"

namespace sockcr::runner {
namespace {

using scenario::Verdict;

int exit_after(std::initializer_list<Verdict> verdicts, ExitStyle style = ExitStyle::bisect) {
  Tally tally;
  for (const Verdict verdict : verdicts) tally.add(verdict);
  return tally.exit_code(style);
}

TEST(Tally, ExitCodesAreTheContracts) {
  EXPECT_EQ(exit_after({Verdict::pass}), exit_good);
  EXPECT_EQ(exit_after({Verdict::pass, Verdict::skip, Verdict::xfail}), exit_good);
  EXPECT_EQ(exit_after({Verdict::pass, Verdict::fail}), exit_bad);
  EXPECT_EQ(exit_after({Verdict::pass, Verdict::xpass}), exit_bad);
  EXPECT_EQ(exit_after({Verdict::trouble, Verdict::fail}), exit_bad);
  EXPECT_EQ(exit_after({Verdict::pass, Verdict::trouble}), exit_cannot_judge);
  EXPECT_EQ(exit_after({Verdict::skip}), exit_cannot_judge);
  EXPECT_EQ(exit_after({}), exit_cannot_judge);
}

TEST(Tally, ExitCodesOfTheKselftestStyle) {
  const auto ksft = [](std::initializer_list<Verdict> verdicts) {
    return exit_after(verdicts, ExitStyle::ksft);
  };
  EXPECT_EQ(ksft({Verdict::pass}), ksft_pass);
  EXPECT_EQ(ksft({Verdict::pass, Verdict::skip, Verdict::xfail}), ksft_pass);
  EXPECT_EQ(ksft({Verdict::pass, Verdict::fail}), ksft_fail);
  EXPECT_EQ(ksft({Verdict::pass, Verdict::xpass}), ksft_fail);
  EXPECT_EQ(ksft({Verdict::xfail, Verdict::skip}), ksft_xfail);
  EXPECT_EQ(ksft({Verdict::skip}), ksft_skip);
  EXPECT_EQ(ksft({}), ksft_skip);
  EXPECT_EQ(ksft({Verdict::pass, Verdict::trouble}), ksft_fail);
  EXPECT_EQ(ksft({Verdict::skip, Verdict::trouble}), ksft_fail);
}

TEST(ReasonGroups, CountEachReasonAndKeepSomeNames) {
  ReasonGroups groups;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(groups.add("no root", "case" + std::to_string(i)), static_cast<std::uint64_t>(i));
  }
  EXPECT_EQ(groups.add("no iptables", "other"), 0U);
  ASSERT_EQ(groups.groups().size(), 2U);
  EXPECT_EQ(groups.groups()[0].count, 10U);
  EXPECT_EQ(groups.groups()[0].examples.size(), ReasonGroups::most_examples);
}

TEST(ReasonGroups, DoNotGrowWithoutEnd) {
  ReasonGroups groups;
  for (int i = 0; i < 1000; ++i) groups.add(std::to_string(i), "case");
  EXPECT_EQ(groups.groups().size(), ReasonGroups::most_groups);
  std::uint64_t together = 0;
  for (const auto& group : groups.groups()) together += group.count;
  EXPECT_EQ(together, 1000U);
}

}  // namespace
}  // namespace sockcr::runner
