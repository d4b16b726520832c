#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/language/expand.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> texts(const Steps& steps) {
  std::vector<std::string> all;
  for (const Step& step : steps.list()) all.push_back(step.text);
  return all;
}

Steps timeline() { return {gate.closes(), cut(), gate.opens()}; }

Settings with(Cut how, bool compare_images = true) {
  Settings settings;
  settings.cut = how;
  settings.compare_images = compare_images;
  return settings;
}

TEST(Steps, OfNothingVanishAndListsNest) {
  const Steps steps{ours.writes(0), Steps{ours.writes(1), Steps{}}, peer.closes()};
  EXPECT_THAT(texts(steps), ElementsAre("ours writes 1 bytes", "peer closes"));
}

TEST(Steps, KnowTheirPlaceInTheSource) {
  const int here = __LINE__ + 1;
  const Step step = ours.writes(1);
  EXPECT_EQ(step.at.line, here);
  EXPECT_THAT(step.at.file, ::testing::EndsWith("expand_test.cc"));
}

TEST(Expand, TheControlIsNotCutAndNotResumed) {
  EXPECT_THAT(texts(expand(timeline(), with(Cut::none))), ElementsAre("gate closes", "gate opens"));
}

TEST(Expand, OneCutIsResumedBehindTheOpenGate) {
  EXPECT_THAT(texts(expand(timeline(), with(Cut::once))),
              ElementsAre("gate closes", "checkpoint ours", "kill the subject",
                          "restore ours in another subject", "ours is as before the cut",
                          "a second checkpoint equals the first", "gate opens", "resume ours"));
}

TEST(Expand, TwoCutsShareOneClosedGateAndOneResume) {
  EXPECT_THAT(texts(expand(timeline(), with(Cut::twice, false))),
              ElementsAre("gate closes", "checkpoint ours", "kill the subject",
                          "restore ours in another subject", "ours is as before the cut",
                          "checkpoint ours", "kill the subject", "restore ours in another subject",
                          "ours is as before the cut", "gate opens", "resume ours"));
}

TEST(Expand, ACutOfListenersOnlyIsNotComparedWithWhatItWas) {
  const Steps steps{gate.closes(), cut({.listeners_only_at_restore = true}), gate.opens()};
  EXPECT_THAT(texts(expand(steps, with(Cut::once))),
              ElementsAre("gate closes", "checkpoint ours", "kill the subject",
                          "restore ours in another subject", "gate opens", "resume ours"));
  EXPECT_THAT(texts(expand(steps, with(Cut::none))),
              ElementsAre("gate closes", "ours gives its connections up", "gate opens"));
}

TEST(Expand, ARefusedCutIsNeitherInTheControlNorResumed) {
  const Steps steps{gate.closes(), cut_is_refused("MPTCP"), gate.opens()};
  const std::string refused = "the engine refuses ours by name, MPTCP, and ours is untouched";
  EXPECT_THAT(texts(expand(steps, with(Cut::none))), ElementsAre("gate closes", "gate opens"));
  EXPECT_THAT(texts(expand(steps, with(Cut::twice))),
              ElementsAre("gate closes", refused, refused, "gate opens"));
}

TEST(Words, NameTheEndsOfEveryConversation) {
  EXPECT_EQ(ours.reads_all().text, "ours reads all that peer wrote");
  EXPECT_EQ(child(2).reads_all().text, "child 2 reads all that client 2 wrote");
  EXPECT_EQ(client(2).may_reset_behind_the_gate("it is tired").text,
            "client 2 may send one RST once the gate is open: it is tired");
}

}  // namespace
}  // namespace sockcr::scenario
