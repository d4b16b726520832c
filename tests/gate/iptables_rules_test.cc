#include "engine/gate/iptables_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sockcr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::uint64_t id = 0x0123456789ABCDEF;

TEST(GateRules, BlockBothWaysAtTheHead) {
  EXPECT_EQ(closing_rules({.image_id = id}),
            "*filter\n"
            "-N SOCKCR-0123456789abcdef\n"
            "-A SOCKCR-0123456789abcdef -m mark --mark 0xc114 -j ACCEPT\n"
            "-A SOCKCR-0123456789abcdef -p tcp -j DROP\n"
            "-I INPUT 1 -j SOCKCR-0123456789abcdef\n"
            "-I OUTPUT 1 -j SOCKCR-0123456789abcdef\n"
            "COMMIT\n");
}

TEST(GateRules, GiveTheTapItsCopyBeforeTheDrop) {
  EXPECT_EQ(closing_rules({.image_id = id, .tap = 7}),
            "*filter\n"
            "-N SOCKCR-0123456789abcdef\n"
            "-N SOCKCR-0123456789abcdef-OUT\n"
            "-A SOCKCR-0123456789abcdef -m mark --mark 0xc114 -j ACCEPT\n"
            "-A SOCKCR-0123456789abcdef -p tcp -j DROP\n"
            "-A SOCKCR-0123456789abcdef-OUT -m mark --mark 0xc114 -j ACCEPT\n"
            "-A SOCKCR-0123456789abcdef-OUT -p tcp -j NFLOG --nflog-group 7\n"
            "-A SOCKCR-0123456789abcdef-OUT -p tcp --tcp-flags SYN,ACK SYN,ACK -j NFQUEUE "
            "--queue-num 49428\n"
            "-A SOCKCR-0123456789abcdef-OUT -p tcp -j DROP\n"
            "-I INPUT 1 -j SOCKCR-0123456789abcdef\n"
            "-I OUTPUT 1 -j SOCKCR-0123456789abcdef-OUT\n"
            "COMMIT\n");
}

TEST(GateRules, SwallowOnlyWhatIsSent) {
  const std::string rules = closing_rules({.image_id = id, .swallow = true});
  EXPECT_THAT(rules, HasSubstr("-A SOCKCR-0123456789abcdef-OUT -p tcp -j NFQUEUE"));
  EXPECT_THAT(rules, HasSubstr("-A SOCKCR-0123456789abcdef -p tcp -j DROP"));
  EXPECT_THAT(rules, Not(HasSubstr("bypass")));  // it would let everything through
}

TEST(GateRules, KnowTheProtocol) {
  const std::string rules = closing_rules({.image_id = id, .protocol = IPPROTO_UDP});
  EXPECT_THAT(rules, HasSubstr("-p udp -j DROP"));
  EXPECT_THAT(rules, Not(HasSubstr("tcp")));
}

TEST(GateRules, StopDatagramsWhereTheyAreAskedTo) {
  EXPECT_THAT(closing_rules({.image_id = id}), Not(HasSubstr("udp")));
  const std::string rules = closing_rules({.image_id = id, .datagrams = true, .tap = 9});
  for (const std::string& chain : {gate_chain(id), gate_sending_chain(id)}) {
    EXPECT_THAT(rules, HasSubstr("-A " + chain + " -p udp -j DROP\n"));
    EXPECT_THAT(rules, HasSubstr("-A " + chain + " -p udplite -j DROP\n"));
  }
  const std::string heard = "-A " + gate_sending_chain(id) + " -p udp -j NFLOG --nflog-group 9\n";
  const std::string dropped = "-A " + gate_sending_chain(id) + " -p udp -j DROP\n";
  EXPECT_LT(rules.find(heard), rules.find(dropped));
  EXPECT_NE(rules.find(dropped), std::string::npos);
}

TEST(GateRules, StopRawProtocolsAndLetNeighboursPass) {
  const GateRequest request{.image_id = id, .raw = {253, IPPROTO_ICMPV6}, .tap = 9};
  for (const std::string& chain : {gate_chain(id), gate_sending_chain(id)}) {
    const std::string passes = "-A " + chain + " -p icmpv6 --icmpv6-type 135 -j RETURN\n";
    const std::string v4 = closing_rules(request), v6 = closing_rules(request, {}, AF_INET6);
    for (const std::string& rules : {v4, v6}) {
      EXPECT_THAT(rules, HasSubstr("-A " + chain + " -p 253 -j DROP\n"));
      EXPECT_THAT(rules, HasSubstr("-A " + chain + " -p 58 -j DROP\n"));
    }
    EXPECT_THAT(v4, Not(HasSubstr("icmpv6")));
    EXPECT_LT(v6.find(passes), v6.find("-A " + chain + " -p 58 -j DROP\n"));
  }
}

// It replaces the rule by its number.
TEST(GateRules, SwallowTheSameRuleWhetherDatagramsAreStoppedOrNot) {
  EXPECT_EQ(swallowing_rules({.image_id = id, .datagrams = true, .tap = 9}, true),
            swallowing_rules({.image_id = id, .tap = 9}, true));
}

TEST(GateRules, ReplaceWhatStandsWithoutRemovingWhatIsWanted) {
  const StandingGate standing{.chains = {gate_chain(id), gate_sending_chain(id)},
                              .jumps = {"OUTPUT -j " + gate_sending_chain(id)}};
  const std::string rules = closing_rules({.image_id = id}, standing);
  EXPECT_THAT(rules, HasSubstr("*filter\n"
                               "-D OUTPUT -j SOCKCR-0123456789abcdef-OUT\n"
                               "-F SOCKCR-0123456789abcdef\n"
                               "-F SOCKCR-0123456789abcdef-OUT\n"
                               "-X SOCKCR-0123456789abcdef-OUT\n"
                               "-A SOCKCR-0123456789abcdef -m mark"));
  EXPECT_THAT(rules, Not(HasSubstr("-N ")));
}

TEST(GateRules, OpenByRemovingEveryChainAndJump) {
  EXPECT_EQ(opening_rules(standing_when_closed({.image_id = id, .tap = 7})),
            "*filter\n"
            "-D INPUT -j SOCKCR-0123456789abcdef\n"
            "-D OUTPUT -j SOCKCR-0123456789abcdef-OUT\n"
            "-F SOCKCR-0123456789abcdef\n"
            "-F SOCKCR-0123456789abcdef-OUT\n"
            "-X SOCKCR-0123456789abcdef\n"
            "-X SOCKCR-0123456789abcdef-OUT\n"
            "COMMIT\n");
}

const std::vector<std::string> saved{
    "*filter",
    ":INPUT ACCEPT",
    ":OUTPUT ACCEPT",
    ":SOCKCR-0123456789abcdef -",
    ":SOCKCR-0123456789abcdef-OUT -",
    ":SOCKCR-00000000000000ff -",
    ":SOCKCR-nonsense -",
    ":users-own -",
    "-A INPUT -j SOCKCR-0123456789abcdef",
    "-A INPUT -j SOCKCR-0123456789abcdef",
    "-A INPUT -j SOCKCR-00000000000000ff",
    "-A OUTPUT -j SOCKCR-0123456789abcdef-OUT",
    "-A FORWARD -j SOCKCR-0123456789abcdef0",
    "-A SOCKCR-0123456789abcdef -p tcp -j DROP",
    "COMMIT",
};

TEST(StandingGate, IsReadFromWhatWasSaved) {
  const StandingGate standing = standing_gate(id, saved);
  EXPECT_THAT(standing.chains,
              ElementsAre("SOCKCR-0123456789abcdef", "SOCKCR-0123456789abcdef-OUT"));
  EXPECT_THAT(standing.jumps,
              ElementsAre("INPUT -j SOCKCR-0123456789abcdef", "INPUT -j SOCKCR-0123456789abcdef",
                          "OUTPUT -j SOCKCR-0123456789abcdef-OUT"));
  EXPECT_TRUE(standing_gate(1, saved).empty());
}

TEST(StandingGate, IsFoundByItsNameAlone) {
  EXPECT_THAT(standing_image_ids(saved), ElementsAre(0xFF, id));
  EXPECT_THAT(standing_image_ids(std::vector<std::string>{"*filter", "COMMIT"}), IsEmpty());
}

}  // namespace
}  // namespace sockcr
