#include "scenarios/runner/junit_reporter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tinyxml2.h>
#include <filesystem>

#include "scenarios/runner/exit_code.h"
#include "tests/scenarios/judged_cases.h"

namespace sockcr::runner {
namespace {

using scenario::Verdict;
using testing::HasSubstr;
using tinyxml2::XMLElement;

RunFacts facts() {
  RunFacts facts;
  facts.kernel = "6.18.44";
  facts.engine = "native";
  facts.cuts = {"none", "once"};
  facts.seed = 1;
  return facts;
}

class Suite {
 public:
  explicit Suite(const Block& block) {
    EXPECT_EQ(document_.Parse(junit_suite(block, facts()).c_str()), tinyxml2::XML_SUCCESS);
  }
  const XMLElement& root() { return *document_.RootElement(); }
  const XMLElement& first_case() { return *root().FirstChildElement("testcase"); }
  std::string attribute(const char* name) { return root().Attribute(name); }

 private:
  tinyxml2::XMLDocument document_;
};

TEST(Junit, CountsWhatItHolds) {
  Suite suite(block_of({judged_case(Verdict::pass), judged_case(Verdict::fail),
                        judged_case(Verdict::xpass), judged_case(Verdict::xfail),
                        judged_case(Verdict::skip), judged_case(Verdict::trouble)}));
  EXPECT_EQ(suite.attribute("name"), "half_closed");
  EXPECT_EQ(suite.attribute("tests"), "6");
  EXPECT_EQ(suite.attribute("failures"), "2");
  EXPECT_EQ(suite.attribute("errors"), "1");
  EXPECT_EQ(suite.attribute("skipped"), "2");
  EXPECT_EQ(suite.attribute("time"), "0.074");
}

TEST(Junit, SaysEachVerdictInItsElement) {
  const auto element = [](Verdict verdict) {
    Suite suite(block_of({judged_case(verdict, "why")}));
    const XMLElement* first = suite.first_case().FirstChildElement();
    return first == nullptr ? std::string("none")
                            : std::string(first->Name()) + ": " + first->Attribute("message");
  };
  EXPECT_EQ(element(Verdict::pass), "none");
  EXPECT_EQ(element(Verdict::fail), "failure: why");
  EXPECT_EQ(element(Verdict::xpass), "failure: why");
  EXPECT_EQ(element(Verdict::xfail), "skipped: xfail: why");
  EXPECT_EQ(element(Verdict::skip), "skipped: why");
  EXPECT_EQ(element(Verdict::trouble), "error: why");
}

TEST(Junit, KeepsAnyReport) {
  Suite suite(block_of({judged_case(Verdict::fail, "<&\"\x01", "]]> \x1b[31m <b> \xff\n")}));
  const XMLElement* failure = suite.first_case().FirstChildElement("failure");
  EXPECT_STREQ(failure->Attribute("message"), "<&\"?");
  EXPECT_THAT(failure->GetText(), HasSubstr("rerun with run-scenario half_closed.v4_ts"));
  EXPECT_STREQ(suite.first_case().FirstChildElement("system-out")->GetText(), "]]> ?[31m <b> ?\n");
}

TEST(Junit, NeedsAPlaceToWrite) {
  EXPECT_THROW(JunitReporter("/nowhere/at/all.xml"), UsageError);
  EXPECT_THROW(JunitReporter("/"), UsageError);
}

TEST(Junit, AppearsAtTheEndOnly) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "junit_reporter_test";
  std::filesystem::create_directories(folder);
  const auto file = folder / "results.xml";
  {
    JunitReporter abandoned(file);
    abandoned.begin(facts());
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  JunitReporter reporter(file);
  reporter.begin(facts());
  EXPECT_FALSE(std::filesystem::exists(file));
  reporter.end(Tally(), Ending::interrupted);
  EXPECT_TRUE(std::filesystem::exists(file));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace sockcr::runner
