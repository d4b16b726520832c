#include "scenarios/runner/answer.h"

#include <gtest/gtest.h>
#include <csignal>

namespace sockcr::runner {
namespace {

using scenario::CaseResult;
using scenario::Verdict;
using std::chrono::milliseconds;
using std::chrono::seconds;

Ended ended(std::string answer, ChildProcess::Exit exit = {0, 0}, std::string diagnostics = "") {
  return {1, exit, false, std::move(answer), std::move(diagnostics), milliseconds(7)};
}

CaseResult judge(const Ended& ended) { return result_of(ended, seconds(60), "6.18.0"); }

TEST(Answer, IsTheResultWhenThereIsOne) {
  const CaseResult result = judge(ended(R"({"verdict":"pass","ms":12.5,"stall_ms":0.25})"));
  EXPECT_EQ(result.verdict, Verdict::pass);
  EXPECT_EQ(result.ms, 12.5);
  EXPECT_EQ(result.stall_ms, 0.25);
}

TEST(Answer, FillsInWhatTheCaseLeftOut) {
  const CaseResult result = judge(ended(R"({"verdict":"pass"})"));
  EXPECT_EQ(result.ms, 7);
  EXPECT_EQ(result.kernel, "6.18.0");
  EXPECT_EQ(judge(ended(R"({"verdict":"pass","kernel":"5.10"})")).kernel, "5.10");
}

TEST(Answer, DeathByASignalIsTroubleWithTheLastWords) {
  const CaseResult result = judge(ended("", {-1, SIGSEGV}, "one\nabout to die\n\n"));
  EXPECT_EQ(result.verdict, Verdict::trouble);
  EXPECT_EQ(result.reason, "died by SIGSEGV without a result: about to die");
  EXPECT_EQ(result.report, "one\nabout to die\n\n");
}

TEST(Answer, ExitWithoutAResultIsTrouble) {
  const CaseResult result = judge(ended("", {7, 0}));
  EXPECT_EQ(result.verdict, Verdict::trouble);
  EXPECT_EQ(result.reason, "exited with 7 without a result");
}

TEST(Answer, GarbageIsTrouble) {
  for (const char* garbage : {"nonsense", "{", "[]", "null", R"({"ms":1})", R"({"verdict":"good"})",
                              R"({"verdict":"pass"} {"verdict":"pass"})", "\xff\xfe"}) {
    const CaseResult result = judge(ended(garbage));
    EXPECT_EQ(result.verdict, Verdict::trouble) << garbage;
    EXPECT_EQ(result.reason.rfind("its answer is no result", 0), 0U) << result.reason;
  }
}

TEST(Answer, SilenceUntilTheDeadlineIsTrouble) {
  Ended silent = ended("", {-1, SIGKILL});
  silent.timed_out = true;
  EXPECT_EQ(judge(silent).verdict, Verdict::trouble);
  EXPECT_EQ(judge(silent).reason, "no answer within 60 s");
}

TEST(Answer, APassThatEndsBadlyIsTrouble) {
  const CaseResult crashed = judge(ended(R"({"verdict":"pass"})", {-1, SIGSEGV}));
  EXPECT_EQ(crashed.verdict, Verdict::trouble);
  EXPECT_EQ(crashed.reason, "said pass, then died by SIGSEGV");
  EXPECT_EQ(judge(ended(R"({"verdict":"skip"})", {1, 0})).verdict, Verdict::trouble);

  Ended lingering = ended(R"({"verdict":"pass"})", {-1, SIGKILL});
  lingering.timed_out = true;
  EXPECT_EQ(judge(lingering).reason, "said pass, then did not end within 60 s");
}

TEST(Answer, AFailureStaysOneHoweverItsProcessEnds) {
  EXPECT_EQ(judge(ended(R"({"verdict":"fail"})", {-1, SIGABRT})).verdict, Verdict::fail);
}

TEST(Answer, ReasonsAreOnePrintableLine) {
  EXPECT_EQ(judge(ended(R"({"verdict":"fail","reason":" a\n\tb\u001b[31m "})")).reason, "a b?[31m");
  EXPECT_EQ(one_line("caf\xc3\xa9 \xff"), "caf\xc3\xa9 \xEF\xBF\xBD");
  EXPECT_EQ(last_line("a\n  \n"), "a");
  EXPECT_EQ(last_line("\n\n"), "");
  EXPECT_EQ(last_line("only"), "only");
}

}  // namespace
}  // namespace sockcr::runner
