#include "scenarios/runner/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/runner/exit_code.h"
#include "scenarios/runner/option_values.h"

namespace sockcr::runner {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Options parse(std::vector<std::string> words, Asked asked = Asked::everything) {
  words.insert(words.begin(), "run-scenario");
  std::vector<char*> argv;
  argv.reserve(words.size());
  for (std::string& word : words) argv.push_back(word.data());
  return parse_options(asked, "run-scenario", static_cast<int>(argv.size()), argv.data());
}

std::string complaint(std::vector<std::string> words, Asked asked = Asked::everything) {
  try {
    parse(std::move(words), asked);
    return "none";
  } catch (const UsageError& error) {
    return error.what();
  }
}

TEST(Options, HaveTheContractsDefaults) {
  const Options options = parse({"half_closed"});
  EXPECT_EQ(options.action, Action::run);
  EXPECT_THAT(options.choice.names, ElementsAre("half_closed"));
  EXPECT_THAT(options.cuts, ElementsAre("once"));
  EXPECT_EQ(options.choice.engine, "native");
  EXPECT_EQ(options.gate, "iptables");
  EXPECT_EQ(options.seed, 1U);
  EXPECT_EQ(options.jobs, usual_jobs());
  EXPECT_EQ(options.jobs % 4, 0U);
  EXPECT_EQ(options.rounds(), 1U);
  EXPECT_EQ(options.stop_after(), std::nullopt);
  EXPECT_TRUE(options.compare_images);
  EXPECT_EQ(options.slow_factor, std::nullopt);  // to be measured
  EXPECT_EQ(options.exit_style, ExitStyle::bisect);
  EXPECT_EQ(options.expectations, std::nullopt);  // those beside the program
  EXPECT_FALSE(options.strict);
}

TEST(Options, OfTheOutput) {
  const Options options =
      parse({"--all", "--format", "ktap", "--exit-style", "ksft", "--junit", "f.xml", "--strict"});
  EXPECT_EQ(options.format, Format::ktap);
  EXPECT_EQ(options.exit_style, ExitStyle::ksft);
  EXPECT_EQ(options.junit, "f.xml");
  EXPECT_TRUE(options.strict);
}

TEST(Options, ShowAndExplainNameACase) {
  EXPECT_EQ(parse({"--show", "a.b"}).action, Action::show);
  EXPECT_EQ(parse({"--explain", "a.b"}).action, Action::explain);
  EXPECT_EQ(parse({"--explain", "a.b"}).show, "a.b");
}

TEST(Options, OfWhatIsKnown) {
  EXPECT_EQ(parse({"--all", "--expectations", "f"}).expectations, "f");
  EXPECT_EQ(parse({"--all", "--no-expectations"}).expectations, "");
  EXPECT_THAT(complaint({"--all", "--no-expectations", "--expectations", "f"}),
              HasSubstr("exclude"));
  EXPECT_EQ(parse({"--check-expectations"}).action, Action::check_expectations);
}

TEST(Options, AreRead) {
  const Options options = parse({"a.b",
                                 "c",
                                 "--cut",
                                 "none,twice,none",
                                 "--engine",
                                 "broken:x",
                                 "-j",
                                 "3",
                                 "--seed",
                                 "7",
                                 "--repeat",
                                 "5",
                                 "--max-failures",
                                 "2",
                                 "--shuffle",
                                 "--shard",
                                 "2/4",
                                 "--keep",
                                 "--trace",
                                 "--slow-factor",
                                 "2.5",
                                 "--format",
                                 "json",
                                 "--no-compare-images"});
  EXPECT_THAT(options.choice.names, ElementsAre("a.b", "c"));
  EXPECT_THAT(options.cuts, ElementsAre("none", "twice"));
  EXPECT_EQ(options.choice.engine, "broken:x");
  EXPECT_EQ(options.jobs, 3U);
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(options.rounds(), 5U);
  EXPECT_EQ(options.stop_after(), 2U);
  EXPECT_EQ(options.shard.index, 2U);
  EXPECT_EQ(options.shard.count, 4U);
  EXPECT_EQ(options.slow_factor, 2.5);
  EXPECT_EQ(options.format, Format::json);
  EXPECT_TRUE(options.keep && options.trace && options.shuffle);
  EXPECT_FALSE(options.compare_images);
}

TEST(Options, UntilFailHasNoEndButAFailure) {
  EXPECT_EQ(parse({"--all", "--until-fail"}).rounds(), std::nullopt);
  EXPECT_EQ(parse({"--all", "--until-fail"}).stop_after(), 1U);
  EXPECT_EQ(parse({"--all", "--until-fail", "--repeat", "9"}).rounds(), 9U);
}

TEST(Options, OfTheContractThatAreNotBuiltSaySo) {
  const std::vector<std::vector<std::string>> unbuilt{
      {"--report", "d"}, {"--gate", "nft"}, {"--gate", "link"}};
  for (auto words : unbuilt) {
    words.insert(words.begin(), "--all");
    EXPECT_THAT(complaint(words), HasSubstr("not built yet")) << words[1];
    EXPECT_THAT(complaint(words), HasSubstr(words[1]));
  }
}

TEST(Options, OfVirtualTimeNeedAKernelWhoseClockCanJump) {
  EXPECT_THAT(complaint({"--all", "--virtual-time"}), HasSubstr("needs --kernel"));
  EXPECT_THAT(complaint({"--walk", "5", "--virtual-time"}), HasSubstr("needs --kernel"));
  const Options options = parse({"--all", "--virtual-time", "--kernel", "linux"});
  EXPECT_TRUE(options.virtual_time());
  EXPECT_EQ(options.jobs, 1U);
  EXPECT_EQ(parse({"--all", "--virtual-time", "--kernel", "linux", "-j", "3"}).jobs, 3U);
  EXPECT_EQ(parse({"--list", "--virtual-time"}).action, Action::list);
  EXPECT_FALSE(parse({"--all", "--kernel", "linux"}).virtual_time());
}

TEST(Options, AWalkHasAsManyRoundsAsConversations) {
  EXPECT_EQ(parse({"--walk", "9"}).rounds(), 9U);
  EXPECT_EQ(parse({"--walk", "9", "--until-fail"}).rounds(), 9U);
  EXPECT_EQ(parse({"--walk", "9", "--until-fail"}).stop_after(), 1U);
}

TEST(Options, NothingIsChosenBesideAWalk) {
  const std::vector<std::vector<std::string>> wrong{
      {"half_closed"}, {"--all"},          {"--exhaustive"}, {"--repeat", "2"},
      {"--shuffle"},   {"--shard", "1/2"}, {"--list"},       {"--show", "half_closed"}};
  for (auto words : wrong) {
    words.insert(words.begin(), {"--walk", "5"});
    EXPECT_THAT(complaint(words), HasSubstr("--walk makes its own conversations")) << words[2];
  }
}

TEST(Options, WrongValuesAreRefused) {
  const std::vector<std::vector<std::string>> wrong{{"--cut", "sideways"},
                                                    {"--cut", "once,"},
                                                    {"--cut", ""},
                                                    {"--cut"},
                                                    {"--gate", "door"},
                                                    {"--format", "xml"},
                                                    {"-j", "0"},
                                                    {"-j", "many"},
                                                    {"--seed", "-1"},
                                                    {"--seed", "x"},
                                                    {"--repeat", "0"},
                                                    {"--max-failures", "0"},
                                                    {"--shard", "3/2"},
                                                    {"--shard", "0/2"},
                                                    {"--shard", "1"},
                                                    {"--shard", "1/2/3"},
                                                    {"--slow-factor", "nan"},
                                                    {"--slow-factor", "0"},
                                                    {"--slow-factor", ""},
                                                    {"--exit-style", "friendly"}};
  for (auto words : wrong) {
    words.insert(words.begin(), "--all");
    EXPECT_NE(complaint(words), "none") << words[1] << " " << words.back();
  }
}

TEST(Options, UnknownOnesAreRefusedWithWhatIsNear) {
  EXPECT_THAT(complaint({"--shufle"}), HasSubstr("did you mean --shuffle?"));
}

TEST(Options, AScenarioBinaryHasNoSelection) {
  EXPECT_THAT(parse({"v4_ts", "--cut", "none"}, Asked::one_scenario).choice.names,
              ElementsAre("v4_ts"));
  EXPECT_NE(complaint({"--all"}, Asked::one_scenario), "none");
}

TEST(Shard, IsParsed) {
  EXPECT_EQ(parse_shard("3/3").index, 3U);
  EXPECT_THROW(parse_shard("a/b"), UsageError);
  EXPECT_THROW(parse_shard(""), UsageError);
}

}  // namespace
}  // namespace sockcr::runner
