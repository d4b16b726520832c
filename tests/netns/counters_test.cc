#include "netns/counters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/sys/error.h"

namespace sockcr::netns {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Counters, ArePairsOfLines) {
  Counters counters;
  parse_line_pairs("Tcp: MaxConn OutRsts\nTcp: -1 3\nTcpExt: PAWSActive\nTcpExt: 4\n", counters);
  EXPECT_THAT(counters, ElementsAre(Pair("TcpExtPAWSActive", 4), Pair("TcpMaxConn", -1),
                                    Pair("TcpOutRsts", 3)));
}

TEST(Counters, AreNamesWithNumbers) {
  Counters counters;
  parse_name_lines("Ip6InReceives                   \t12\nIp6InDelivers 5\n", counters);
  EXPECT_THAT(counters, ElementsAre(Pair("Ip6InDelivers", 5), Pair("Ip6InReceives", 12)));
}

TEST(Counters, RefuseLinesThatDoNotBelongTogether) {
  Counters counters;
  EXPECT_THROW(parse_line_pairs("Tcp: OutRsts\nUdp: 3\n", counters), SystemError);
}

TEST(Counters, DifferInWhatMoved) {
  const Counters before{{"a", 1}, {"b", 2}};
  const Counters after{{"a", 1}, {"b", 5}, {"c", 7}};
  EXPECT_THAT(difference(before, after), ElementsAre(Pair("b", 3), Pair("c", 7)));
  EXPECT_EQ(value_of(after, "d"), 0);
}

TEST(Counters, OfThisKernelHoldTheOnesWeJudgeBy) {
  const Counters counters = read_counters();
  for (const char* name : {"TcpOutRsts", "TcpExtPAWSActive", "TcpExtTCPSACKReneging"}) {
    EXPECT_TRUE(counters.contains(name)) << name;
  }
}

}  // namespace
}  // namespace sockcr::netns
