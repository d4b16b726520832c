#include "scenarios/runner/control.h"

#include <gtest/gtest.h>

namespace sockcr::runner {
namespace {

using scenario::CaseRequest;
using scenario::CaseResult;
using scenario::Verdict;

CaseResult result(Verdict verdict, std::string reason) {
  CaseResult result;
  result.verdict = verdict;
  result.reason = std::move(reason);
  result.report = "report\n";
  return result;
}

TEST(Control, IsTheSameCaseWithoutACut) {
  CaseRequest request;
  request.variant = "v4_active_all_ts";
  request.cut = "twice";
  request.engine = "broken:window";
  request.seed = 7;
  request.slow_factor = 3;
  request.keep = request.trace = true;
  request.directory = "/out/case";
  const CaseRequest control = control_of(request);
  EXPECT_EQ(control.variant, request.variant);
  EXPECT_EQ(control.seed, 7U);
  EXPECT_EQ(control.slow_factor, 3);
  EXPECT_EQ(control.cut, "none");
  EXPECT_EQ(control.engine, "native");
  EXPECT_FALSE(control.keep);
  EXPECT_FALSE(control.trace);
  EXPECT_EQ(control.directory, "/out/case/control");
  EXPECT_TRUE(is_control(control));
  EXPECT_FALSE(is_control(request));
}

TEST(Control, LeavesNothingWhereThereIsNoPlace) {
  EXPECT_EQ(control_of(CaseRequest{}).directory, "");
}

TEST(Control, ThatPassesConfirmsTheFailure) {
  const CaseResult failure = result(Verdict::fail, "a byte is lost");
  EXPECT_EQ(judged_with(failure, result(Verdict::pass, "")), failure);
}

TEST(Control, ThatDoesNotPassMakesItTrouble) {
  const CaseResult failure = result(Verdict::fail, "a byte is lost");
  for (const Verdict verdict : {Verdict::fail, Verdict::trouble, Verdict::skip, Verdict::xfail}) {
    const CaseResult judged = judged_with(failure, result(verdict, "no route"));
    EXPECT_EQ(judged.verdict, Verdict::trouble);
    EXPECT_EQ(judged.reason, "control failed: no route");
    EXPECT_NE(judged.report.find("report\n\n--- the control"), std::string::npos) << judged.report;
  }
  EXPECT_EQ(judged_with(failure, result(Verdict::skip, "")).reason, "control failed: skip");
}

TEST(Control, ThatWasAskedForAndFailsIsTrouble) {
  EXPECT_EQ(failed_control(result(Verdict::fail, "x")).verdict, Verdict::trouble);
  EXPECT_EQ(failed_control(result(Verdict::fail, "x")).reason, "control failed: x");
}

TEST(Control, ThatNeverEndedLeavesTheFailureUnjudged) {
  EXPECT_EQ(without_control(result(Verdict::fail, "x")).verdict, Verdict::trouble);
}

}  // namespace
}  // namespace sockcr::runner
