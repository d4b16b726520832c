#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>

#include "scenarios/language/expand.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

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

TEST(Expand, KnowsWhatHasACut) {
  EXPECT_TRUE(has_cut(timeline()));
  EXPECT_FALSE(has_cut({gate.closes(), gate.opens()}));
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

TEST(Expand, OursMovesBetweenTheKillingAndTheRestoring) {
  EXPECT_THAT(texts(expand(timeline(), with(Cut::elsewhere, false))),
              ElementsAre("gate closes", "checkpoint ours", "kill the subject",
                          "ours moves to another namespace", "restore ours in another subject",
                          "ours is in that namespace", "ours is as before the cut", "gate opens",
                          "resume ours"));
}

TEST(Expand, WhoAlwaysMovesGoesThereAndBackAndStaysInTheControl) {
  const auto moves_in = [](Cut how) {
    Settings settings = with(how, false);
    settings.scenery.always_moves = true;
    const auto all = texts(expand(timeline(), settings));
    return std::count(all.begin(), all.end(), "ours moves to another namespace");
  };
  EXPECT_EQ(moves_in(Cut::none), 0);
  EXPECT_EQ(moves_in(Cut::once), 1);
  EXPECT_EQ(moves_in(Cut::twice), 2);
  EXPECT_EQ(moves_in(Cut::elsewhere), 1);
}

TEST(Expand, PeersAreToldOfANewAddressOnly) {
  const std::string told = "cut the peer too, and tell it of ours' new address";
  Settings settings = with(Cut::elsewhere, false);
  EXPECT_THAT(texts(expand(timeline(), settings)), Not(Contains(told)));
  settings.scenery.new_address = true;
  EXPECT_THAT(texts(expand(timeline(), settings)), Contains(told));
  settings.cut = Cut::once;
  EXPECT_THAT(texts(expand(timeline(), settings)), Not(Contains(told)));
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
