#include "scenarios/runner/ktap_reporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/scenarios/judged_cases.h"

namespace sockcr::runner {
namespace {

using scenario::Verdict;
using testing::HasSubstr;
using testing::Not;

std::string text_of(const JudgedCase& judged) { return ktap_block(block_of({judged}), 7); }

TEST(Ktap, OfAPass) {
  JudgedCase judged = judged_case(Verdict::pass);
  judged.result.stall_ms = 2.54;
  EXPECT_EQ(text_of(judged),
            "  KTAP version 1\n"
            "  1..1\n"
            "  # Subtest: half_closed\n"
            "  ok 1 half_closed.v4_ts # ms=12 stall_ms=2.5\n"
            "  # Totals: pass:1 fail:0 xfail:0 xpass:0 skip:0 error:0\n"
            "ok 7 half_closed\n");
}

TEST(Ktap, OfEachVerdict) {
  EXPECT_THAT(text_of(judged_case(Verdict::fail, "a byte")),
              HasSubstr("\n  not ok 1 half_closed.v4_ts # violation: a byte\n"));
  EXPECT_THAT(text_of(judged_case(Verdict::xpass, "works")),
              HasSubstr("\n  not ok 1 half_closed.v4_ts # unexpected pass: works\n"));
  EXPECT_THAT(text_of(judged_case(Verdict::xfail, "known")),
              HasSubstr("\n  ok 1 half_closed.v4_ts # XFAIL known\n"));
  EXPECT_THAT(text_of(judged_case(Verdict::skip, "no AO")),
              HasSubstr("\n  ok 1 half_closed.v4_ts # SKIP no AO\n"));
  EXPECT_THAT(text_of(judged_case(Verdict::trouble, "no root")),
              HasSubstr("\n  not ok 1 half_closed.v4_ts # ERROR no root\n"));
}

TEST(Ktap, ResultsBubbleUp) {
  const auto last_line = [](std::vector<JudgedCase> cases, std::uint64_t more = 0) {
    const std::string text = ktap_block(block_of(std::move(cases), more), 7);
    return text.substr(text.rfind('\n', text.size() - 2) + 1);
  };
  const JudgedCase pass = judged_case(Verdict::pass);
  const JudgedCase skip = judged_case(Verdict::skip, "no");
  const JudgedCase trouble = judged_case(Verdict::trouble, "no");
  EXPECT_EQ(last_line({pass, skip, judged_case(Verdict::xfail)}), "ok 7 half_closed\n");
  EXPECT_EQ(last_line({skip, skip}), "ok 7 half_closed # SKIP no case could be judged\n");
  EXPECT_EQ(last_line({pass, trouble}),
            "not ok 7 half_closed # ERROR 1 of 2 could not be judged\n");
  EXPECT_EQ(last_line({trouble, judged_case(Verdict::fail)}),
            "not ok 7 half_closed # 1 of 2 failed\n");
  EXPECT_EQ(last_line({pass}, 4), "not ok 7 half_closed # ERROR ended early, after 1 of 5\n");
}

TEST(Ktap, WhatPassesAlarmsNobody) {
  for (const Verdict verdict : {Verdict::pass, Verdict::xfail}) {
    std::string text = text_of(judged_case(verdict, "FAIL: x SKIP", "[FAIL]\n  FAILED SKIP:\n"));
    for (auto at = text.find("# XFAIL"); at != text.npos; at = text.find("# XFAIL")) {
      text.erase(at, 7);  // the directive
    }
    EXPECT_THAT(text, Not(HasSubstr("FAIL")));
    EXPECT_THAT(text, Not(HasSubstr("SKIP")));
    EXPECT_THAT(text, HasSubstr("  # | [fail]\n"));
  }
  EXPECT_THAT(text_of(judged_case(Verdict::pass, "SKIPPED is another word")),
              HasSubstr("SKIPPED is another word"));
}

TEST(Ktap, AReportStandsBeforeItsResultAndIsNoResult) {
  const std::string text =
      text_of(judged_case(Verdict::fail, "a byte", "ok 3 not a result\n\nnot ok 4 neither"));
  EXPECT_THAT(text, HasSubstr("  # | ok 3 not a result\n  # |\n  # | not ok 4 neither\n"
                              "  # | rerun with run-scenario half_closed.v4_ts\n  not ok 1 "));
}

TEST(Ktap, ADescriptionHasNoHashSign) {
  JudgedCase judged = judged_case(Verdict::pass);
  judged.variant = "v4#ts";
  EXPECT_THAT(text_of(judged), HasSubstr("ok 1 half_closed.v4_ts # ms"));
}

}  // namespace
}  // namespace sockcr::runner
