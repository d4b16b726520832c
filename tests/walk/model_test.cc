#include "scenarios/walk/model.h"

#include <gtest/gtest.h>

namespace sockcr::scenario {
namespace {

// After these moves, each of which is legal.
Model after(const std::string& text) {
  const Walk walk = walk_from(text);
  Model model(fitted(walk.start));
  for (const Move& move : walk.moves) {
    EXPECT_TRUE(model.allows(move)) << text;
    model.play(move);
  }
  return model;
}

std::string legal_part(const std::string& text) { return to_text(legal(walk_from(text))); }

TEST(Model, FollowsBothEndsThroughTheStates) {
  struct Way {
    const char* text;
    TcpState ours, peer;
  };
  for (const Way& way : {
           Way{"", TcpState::established, TcpState::established},
           Way{"ours shuts down", TcpState::fin_wait2, TcpState::close_wait},
           Way{"peer shuts down", TcpState::close_wait, TcpState::fin_wait2},
           Way{"wire loses ours; ours shuts down", TcpState::fin_wait1, TcpState::established},
           Way{"wire loses peer; ours shuts down", TcpState::fin_wait1, TcpState::close_wait},
           Way{"wire loses ours; ours shuts down; peer shuts down", TcpState::closing,
               TcpState::fin_wait1},
           Way{"peer shuts down; wire loses ours; ours shuts down", TcpState::last_ack,
               TcpState::fin_wait2},
           Way{"ours shuts down; peer shuts down", TcpState::close, TcpState::close},
           Way{"ours closes; peer shuts down", TcpState::time_wait, TcpState::close},
           Way{"gate closes; ours shuts down; gate opens", TcpState::fin_wait2,
               TcpState::close_wait},
       }) {
    const Model model = after(way.text);
    EXPECT_EQ(model.state_of_ours(), way.ours) << way.text;
    EXPECT_EQ(model.state_of_peer(), way.peer) << way.text;
  }
}

TEST(Model, CountsEveryByteOnce) {
  const Model model = after("ours writes 100; wire loses both 1000; gate closes; ours writes 3000");
  EXPECT_EQ(model.ours.unread, 0U);  // the peer reads what is delivered
  EXPECT_EQ(model.ours.unacked, 1000U);
  EXPECT_EQ(model.ours.undelivered, 1000U);
  EXPECT_EQ(model.ours.unsent, 3000U);
  const Model healed =
      after("ours writes 100; wire loses both 1000; gate closes; ours writes 3000; gate opens");
  EXPECT_EQ(healed.ours.unread, 4000U);
  EXPECT_EQ(healed.ours.on_its_way(), 0U);
}

TEST(Model, AllowsNothingThatWouldReset) {
  EXPECT_EQ(legal_part("peer writes 100; ours closes"), "peer writes 100");
  EXPECT_EQ(legal_part("ours closes; peer writes 100"), "ours closes");
  EXPECT_EQ(legal_part("gate closes; peer writes 1; ours closes"), "gate closes; peer writes 1");
  EXPECT_EQ(legal_part("ours writes 1; peer closes; peer reads; peer closes"),
            "ours writes 1; peer reads; peer closes");
}

// Or the other's kernel finds another byte.
TEST(Model, LetsNothingOvertakeAnUrgentByte) {
  EXPECT_EQ(legal_part("wire loses ours; ours shouts 100; ours writes 1; gate closes; ours writes "
                       "1000; ours shuts down; cut"),
            "wire loses ours; ours shouts 100; gate closes; cut");
  EXPECT_EQ(legal_part("gate closes; ours shouts 100; ours writes 1; cut"),
            "gate closes; ours shouts 100; ours writes 1; cut");
}

TEST(Model, AllowsACutOnlyBehindTheGate) {
  EXPECT_EQ(legal_part("cut; gate closes; cut; cut; gate opens; cut"),
            "gate closes; cut; gate opens");
}

TEST(Model, AllowsOursNothingOnceItIsRestored) {
  EXPECT_EQ(legal_part("gate closes; cut; ours writes 100; peer writes 100; gate opens"),
            "gate closes; cut; peer writes 100; gate opens");
}

TEST(Model, GivesAFlavourWhatItDemands) {
  EXPECT_EQ(legal_part("v4; active; SYN-ACK lost"), "passive; SYN-ACK lost");
  EXPECT_EQ(legal_part("signed"), "nots; signed");
}

}  // namespace
}  // namespace sockcr::scenario
