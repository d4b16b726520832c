#include "scenarios/runner/expectation_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/runner/exit_code.h"

namespace sockcr::runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* good = R"json({"expectations": [
  {
    "case": "half_closed.*",
    "outcome": "fail",
    "says": "a (byte|bit)",
    "cut": "once,twice",
    "engine": "native",
    "kernel": {"since": "6.9", "before": "6.12-rc1"},
    "except": ["half_closed.v6_*", "*_ts"],
    "reason": "it is known",
    "see": "0123456789ab"
  },
  {"case": "listen.*", "outcome": "skip", "reason": "small kernels"}
]})json";

TEST(ExpectationFile, IsRead) {
  const auto all = parse_expectations(good, "file");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].case_glob, "half_closed.*");
  EXPECT_THAT(all[0].except_globs, ElementsAre("half_closed.v6_*", "*_ts"));
  EXPECT_EQ(all[0].outcome, Expectation::Outcome::fail);
  EXPECT_THAT(all[0].cuts, ElementsAre("once", "twice"));
  EXPECT_EQ(all[0].engine_glob, "native");
  EXPECT_TRUE(all[0].says);
  EXPECT_EQ(all[0].since, parse_kernel_release("6.9"));
  EXPECT_EQ(all[0].before, parse_kernel_release("6.12-rc1"));
  EXPECT_EQ(all[0].see, "0123456789ab");
  EXPECT_EQ(all[0].place, "file:2");
  EXPECT_EQ(all[1].place, "file:13");
  EXPECT_TRUE(all[1].cuts.empty());
  EXPECT_EQ(all[1].engine_glob, "*");
}

std::string complaint(const std::string& text) {
  try {
    parse_expectations(text, "file");
    return "none";
  } catch (const UsageError& error) {
    return error.what();
  }
}

// The good file with one thing replaced.
std::string complaint(const std::string& from, const std::string& to) {
  std::string text = good;
  text.replace(text.find(from), from.size(), to);
  return complaint(text);
}

TEST(ExpectationFile, EveryComplaintNamesLineAndField) {
  EXPECT_THAT(complaint("\"fail\"", "\"maybe\""), StartsWith("file:4: outcome: maybe"));
  EXPECT_THAT(complaint("\"case\": \"half", "\"cas\": \"half"), StartsWith("file:3: cas: "));
  EXPECT_THAT(complaint("a (byte", "a (((byte"), StartsWith("file:5: says: no regular expression"));
  EXPECT_THAT(complaint("once,twice", "once,thrice"), StartsWith("file:6: cut: "));
  EXPECT_THAT(complaint("\"native\"", "7"), StartsWith("file:7: engine: a text"));
  EXPECT_THAT(complaint("6.12-rc1", "soon"), StartsWith("file:8: kernel: before: no release"));
  EXPECT_THAT(complaint("6.12-rc1", "6.8"), StartsWith("file:8: kernel: no release lies"));
  EXPECT_THAT(complaint("\"since\"", "\"from\""), StartsWith("file:8: kernel: from is neither"));
  EXPECT_THAT(complaint("[\"half_closed.v6_*\", \"*_ts\"]", "\"*_ts\""),
              StartsWith("file:9: except: a list of texts"));
  EXPECT_THAT(complaint("\"*_ts\"", "\"\""), StartsWith("file:9: except: a list of texts"));
  EXPECT_THAT(complaint("it is known", ""), StartsWith("file:10: reason: is empty"));
  EXPECT_THAT(complaint(",\n    \"see\": \"0123456789ab\"", ""),
              StartsWith("file:2: see: is miss"));
  EXPECT_THAT(complaint("\"listen.*\",", "\"listen.*\" \"\","), StartsWith("file:13: no JSON"));
  EXPECT_THAT(complaint("\"reason\": \"small", "\"case\": \"small"),
              StartsWith("file:13: case: stands twice"));
}

TEST(ExpectationFile, OfAnotherShapeIsRefused) {
  EXPECT_THAT(complaint(""), HasSubstr("no JSON"));
  EXPECT_THAT(complaint("[]"), HasSubstr("no object"));
  EXPECT_THAT(complaint("{}"), HasSubstr("expectations: a list"));
  EXPECT_THAT(complaint(R"({"expectations": [], "more": 1})"), HasSubstr("more"));
  EXPECT_THAT(complaint(R"({"expectations": [1]})"), HasSubstr("entry 1 is no object"));
  EXPECT_THROW(static_cast<void>(read_expectations("/nowhere")), UsageError);
}

}  // namespace
}  // namespace sockcr::runner
