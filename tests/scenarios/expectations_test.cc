#include "scenarios/runner/expectations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sockcr::runner {
namespace {

using scenario::Verdict;
using testing::HasSubstr;
using Outcome = Expectation::Outcome;

Expectation expectation(Outcome outcome) {
  Expectation each;
  each.case_glob = "half_closed.v6_*";
  each.outcome = outcome;
  each.reason = "a known bug";
  each.see = "0123456789ab";
  each.place = "file:3";
  return each;
}

Judged judged(Verdict verdict, const std::string& reason = "") {
  Judged judged{"half_closed.v6_ts", "once", "native", {}};
  judged.result.verdict = verdict;
  judged.result.reason = reason;
  judged.result.kernel = "6.12.5";
  return judged;
}

scenario::CaseResult applied(const Expectation& each, const Judged& judged, bool strict = false) {
  return Expectations({each}).apply(judged, strict);
}

TEST(Expectations, AFailureIsExpected) {
  const auto result = applied(expectation(Outcome::fail), judged(Verdict::fail, "a byte"));
  EXPECT_EQ(result.verdict, Verdict::xfail);
  EXPECT_EQ(result.reason, "known: a known bug (0123456789ab): a byte");
}

TEST(Expectations, APassIsNot) {
  const auto result = applied(expectation(Outcome::fail), judged(Verdict::pass));
  EXPECT_EQ(result.verdict, Verdict::xpass);
  EXPECT_THAT(result.reason, HasSubstr("a known bug (0123456789ab) [file:3]"));
}

TEST(Expectations, TroubleIsNeverExpected) {
  for (const Outcome outcome : {Outcome::fail, Outcome::skip}) {
    EXPECT_EQ(applied(expectation(outcome), judged(Verdict::trouble)).verdict, Verdict::trouble);
  }
}

TEST(Expectations, ASkipStaysOneAndAPassThereIsGood) {
  EXPECT_EQ(applied(expectation(Outcome::skip), judged(Verdict::skip)).verdict, Verdict::skip);
  EXPECT_EQ(applied(expectation(Outcome::skip), judged(Verdict::pass)).verdict, Verdict::pass);
  EXPECT_EQ(applied(expectation(Outcome::skip), judged(Verdict::fail)).verdict, Verdict::fail);
}

TEST(Expectations, StrictlyASkipNeedsOne) {
  const Judged skip = judged(Verdict::skip, "no such option");
  EXPECT_EQ(applied(expectation(Outcome::skip), skip, true).verdict, Verdict::skip);
  const auto result = applied(expectation(Outcome::fail), skip, true);
  EXPECT_EQ(result.verdict, Verdict::trouble);
  EXPECT_EQ(result.reason, "a skip that nobody expects: no such option");
}

TEST(Expectations, ConcernOnlyWhatTheyName) {
  const auto is_met = [](const auto& change) {
    Expectation each = expectation(Outcome::fail);
    change(each);
    return applied(each, judged(Verdict::fail, "a byte")).verdict == Verdict::xfail;
  };
  EXPECT_FALSE(is_met([](auto& each) { each.case_glob = "half_closed.v4_*"; }));
  EXPECT_FALSE(is_met([](auto& each) { each.except_globs = {"*_nots", "*_ts"}; }));
  EXPECT_TRUE(is_met([](auto& each) { each.except_globs = {"*_nots"}; }));
  EXPECT_FALSE(is_met([](auto& each) { each.cuts = {"twice", "elsewhere"}; }));
  EXPECT_TRUE(is_met([](auto& each) { each.cuts = {"twice", "once"}; }));
  EXPECT_FALSE(is_met([](auto& each) { each.engine_glob = "broken:*"; }));
  EXPECT_TRUE(is_met([](auto& each) { each.engine_glob = "nat*"; }));
  EXPECT_FALSE(is_met([](auto& each) { each.says = std::regex("two bytes"); }));
  EXPECT_TRUE(is_met([](auto& each) { each.says = std::regex("^a by"); }));
  EXPECT_FALSE(is_met([](auto& each) { each.since = parse_kernel_release("6.12.6"); }));
  EXPECT_TRUE(is_met([](auto& each) { each.since = parse_kernel_release("6.12.5"); }));
  EXPECT_FALSE(is_met([](auto& each) { each.before = parse_kernel_release("6.12.5"); }));
  EXPECT_TRUE(is_met([](auto& each) { each.before = parse_kernel_release("6.13-rc1"); }));
}

TEST(Expectations, ThatAreNotNeededAreKnown) {
  Expectations expectations({expectation(Outcome::skip)});
  EXPECT_TRUE(expectations.unneeded().empty());  // met by nobody
  expectations.apply(judged(Verdict::pass), true);
  EXPECT_EQ(expectations.unneeded().size(), 1U);
  expectations.apply(judged(Verdict::skip), true);
  EXPECT_TRUE(expectations.unneeded().empty());
}

TEST(Expectations, ThatMatchNoCaseAreKnown) {
  Catalogue catalogue;
  catalogue.scenarios.resize(1);
  catalogue.scenarios[0].name = "half_closed";
  catalogue.scenarios[0].variants = {{.name = "v4_ts", .needs = ""}};
  const Expectations expectations({expectation(Outcome::skip)});
  EXPECT_EQ(expectations.stale(catalogue).size(), 1U);
  catalogue.scenarios[0].variants.push_back({.name = "v6_ts", .needs = ""});
  EXPECT_TRUE(expectations.stale(catalogue).empty());
}

}  // namespace
}  // namespace sockcr::runner
