#include "scenarios/runner/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/runner/exit_code.h"
#include "tests/scenarios/toy_catalogue.h"

namespace sockcr::runner {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Selecting : public testing::Test {
 protected:
  std::vector<std::string> chosen(const Choice& choice) {
    return names_of(catalogue_, select(catalogue_, choice).cases);
  }
  std::string complaint(const Choice& choice) {
    try {
      select(catalogue_, choice);
      return "none";
    } catch (const UsageError& error) {
      return error.what();
    }
  }

  const Catalogue catalogue_ = toy_catalogue();
};

TEST_F(Selecting, AScenarioIsItsCover) {
  EXPECT_THAT(chosen({.names = {"half_closed"}}),
              ElementsAre("half_closed.v4_ts", "half_closed.v6_ts"));
}

TEST_F(Selecting, WhatIsLongIsAskedForOrNamed) {
  const std::string day = "half_closed.v4_ts_day";
  EXPECT_THAT(chosen({.names = {"half_closed"}, .exhaustive = true}), Not(Contains(day)));
  EXPECT_THAT(chosen({.names = {"half_closed"}, .long_ones = true}), Contains(day));
  EXPECT_THAT(chosen({.all = true, .long_ones = true}), Contains(day));
  EXPECT_THAT(chosen({.all = true, .virtual_time = true}), Contains(day));
  EXPECT_THAT(chosen({.names = {day}}), ElementsAre(day));
}

TEST_F(Selecting, AScenarioThatOnlyWaitsSaysHowItIsRun) {
  EXPECT_THAT(complaint({.names = {"timer"}}), HasSubstr("--virtual-time"));
  EXPECT_THAT(complaint({.names = {"timer"}, .exhaustive = true}), HasSubstr("--long"));
  EXPECT_THAT(chosen({.names = {"timer"}, .virtual_time = true}), ElementsAre("timer.v4_ts"));
  EXPECT_THAT(chosen({.names = {"timer", "closing"}}), Not(Contains("timer.v4_ts")));
}

TEST_F(Selecting, AnAliasIsTheScenario) {
  EXPECT_EQ(chosen({.names = {"close_wait"}}), chosen({.names = {"half_closed"}}));
  EXPECT_THAT(chosen({.names = {"close_wait.v6_nots"}}), ElementsAre("half_closed.v6_nots"));
}

TEST_F(Selecting, AVariantByNameNeedsNotBeInTheCover) {
  EXPECT_THAT(chosen({.names = {"half_closed.v6_nots"}}), ElementsAre("half_closed.v6_nots"));
}

TEST_F(Selecting, NothingTwice) {
  EXPECT_THAT(chosen({.names = {"half_closed.v4_ts", "half_closed", "close_wait"}}),
              ElementsAre("half_closed.v4_ts", "half_closed.v6_ts"));
}

TEST_F(Selecting, ExhaustiveIsTheWholeProduct) {
  EXPECT_THAT(chosen({.names = {"half_closed"}, .exhaustive = true}),
              ElementsAre("half_closed.v4_ts", "half_closed.v6_ts", "half_closed.v6_nots"));
  EXPECT_EQ(chosen({.exhaustive = true}).size(), 5U);
}

TEST_F(Selecting, AllIsEveryScenarioAndWhatIsDamaged) {
  const Selection all = select(catalogue_, {.all = true});
  EXPECT_EQ(all.cases.size(), 4U);
  ASSERT_EQ(all.damaged.size(), 1U);
  EXPECT_EQ(all.damaged[0].name, "torn");
}

TEST_F(Selecting, ADamagedScenarioByNameIsNoUsageError) {
  const Selection torn = select(catalogue_, {.names = {"torn"}});
  EXPECT_THAT(torn.cases, IsEmpty());
  EXPECT_EQ(torn.damaged.size(), 1U);
}

TEST_F(Selecting, UnknownNamesAreRefusedWithWhatIsNear) {
  EXPECT_THAT(complaint({.names = {"half_close"}}), HasSubstr("did you mean half_closed?"));
  EXPECT_THAT(complaint({.names = {"close_wiat"}}), HasSubstr("did you mean close_wait?"));
  EXPECT_THAT(complaint({.names = {"half_closed.v4_t"}}),
              HasSubstr("did you mean half_closed.v4_ts"));
  EXPECT_THAT(complaint({.names = {"zzzzzzzzz"}}), testing::Not(HasSubstr("did you mean")));
  EXPECT_THAT(complaint({.names = {"half_closed."}}), HasSubstr("has no variant"));
}

TEST_F(Selecting, NothingIsAUsageError) { EXPECT_THAT(complaint({}), HasSubstr("nothing to run")); }

TEST_F(Selecting, ABrokenEngineAloneRunsTheCasesNamedForIt) {
  EXPECT_THAT(chosen({.engine = "broken:window"}),
              ElementsAre("closing.v4_ts", "half_closed.v6_ts"));
}

TEST_F(Selecting, UnknownEnginesAreRefusedWithWhatIsNear) {
  EXPECT_THAT(complaint({.all = true, .engine = "broken:windwo"}),
              HasSubstr("did you mean broken:window?"));
  EXPECT_EQ(complaint({.all = true, .engine = "native"}), "none");
}

TEST_F(Selecting, EnginesOfAllScenariosAreJoinedNativeFirst) {
  const auto engines = engines_of(catalogue_);
  ASSERT_EQ(engines.size(), 2U);
  EXPECT_EQ(engines[0].name, "native");
  EXPECT_THAT(engines[1].cases, ElementsAre("closing.v4_ts", "half_closed.v6_ts"));
}

TEST(ScenarioFrom, RefusesWhatIsNoDescription) {
  using nlohmann::json;
  for (const char* text : {"[]", "{}", R"({"scenario":"x"})", R"({"scenario":1,"variants":[]})",
                           R"({"scenario":"x","variants":[{}]})"}) {
    EXPECT_THROW(scenario_from(json::parse(text), ""), json::exception) << text;
  }
}

}  // namespace
}  // namespace sockcr::runner
