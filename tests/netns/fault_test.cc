#include "netns/fault.h"

#include <gtest/gtest.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "tests/netns/world.h"

namespace sockcr::netns {
namespace {

using namespace std::chrono_literals;

void check_lost(const Laboratory& laboratory, int family, IptablesVariant variant) {
  const Connection connection = connect_over(laboratory, family, End::ours);
  Fault fault(FaultKind::lost, FaultFamily::both, variant);
  say(connection.ours.get(), "into the hole");
  EXPECT_GT(information(connection.ours.get()).tcpi_unacked, 0U);
  EXPECT_EQ(queued_bytes(connection.ours.get(), SIOCOUTQNSD, "SIOCOUTQNSD"), 0);
  EXPECT_EQ(queued_bytes(connection.ours.get(), SIOCOUTQ, "SIOCOUTQ"), 13);
  EXPECT_FALSE(readable_within(connection.peer.get(), 20ms));
  fault.remove();
  EXPECT_EQ(hear(connection.peer.get(), 13), "into the hole") << "what was lost is sent again";
}

void check_refused(const Laboratory& laboratory, int family, IptablesVariant variant) {
  const Connection connection = connect_over(laboratory, family, End::ours);
  Fault fault(FaultKind::refused, FaultFamily::both, variant);
  say(connection.ours.get(), "kept unsent");
  EXPECT_EQ(queued_bytes(connection.ours.get(), SIOCOUTQNSD, "SIOCOUTQNSD"), 11);
  EXPECT_FALSE(readable_within(connection.peer.get(), 20ms));
  fault.remove();
  EXPECT_EQ(hear(connection.peer.get(), 11), "kept unsent");
}

void check_unacked(const Laboratory& laboratory, int family, IptablesVariant variant) {
  const Connection connection = connect_over(laboratory, family, End::ours);
  Fault fault(FaultKind::unacked, FaultFamily::both, variant);
  EXPECT_EQ(exchange(connection.ours.get(), connection.peer.get(), "delivered"), "delivered");
  EXPECT_FALSE(poll_until(20ms, [&] {
    return information(connection.ours.get()).tcpi_unacked == 0;
  })) << "an ACK came through";
  EXPECT_EQ(queued_bytes(connection.ours.get(), SIOCOUTQNSD, "SIOCOUTQNSD"), 0);
  fault.remove();
  EXPECT_TRUE(poll_until(
      2s, [&] { return queued_bytes(connection.ours.get(), SIOCOUTQ, "SIOCOUTQ") == 0; }));
}

void check_half_open(const Laboratory& laboratory, int family, IptablesVariant variant) {
  FileDescriptor listener = make_socket(family, SOCK_STREAM, IPPROTO_TCP);
  auto address = Laboratory::address(End::ours, family, 7003);
  const auto* at = reinterpret_cast<const sockaddr*>(&address);
  bind_socket(listener.get(), at, sizeof address);
  listen_socket(listener.get(), 1);
  Fault fault(FaultKind::half_open, FaultFamily::both, variant);
  FileDescriptor client;
  {
    const NetworkNamespace::Scope inside(laboratory.inside(End::peer));
    client = make_socket(family, SOCK_STREAM, IPPROTO_TCP);
  }
  connect_socket(client.get(), at, sizeof address);  // returns: the client believes
  EXPECT_FALSE(readable_within(listener.get(), 20ms)) << "the client's ACK came through";
  fault.remove();
  say(client.get(), "and now");
  EXPECT_TRUE(readable_within(listener.get(), 2s)) << "the next ACK completes the handshake";
}

void check_faults(IptablesVariant variant) {
  const Laboratory laboratory;
  { const Fault first_use(FaultKind::lost, FaultFamily::both, variant); }
  const auto before4 = saved_rules(AF_INET, variant);
  const auto before6 = saved_rules(AF_INET6, variant);
  for (const int family : {AF_INET, AF_INET6}) {
    check_lost(laboratory, family, variant);
    check_refused(laboratory, family, variant);
    check_unacked(laboratory, family, variant);
    check_half_open(laboratory, family, variant);
  }
  EXPECT_EQ(saved_rules(AF_INET, variant), before4);
  EXPECT_EQ(saved_rules(AF_INET6, variant), before6);
}

class Faults : public testing::TestWithParam<IptablesVariant> {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_SANDBOX();
    if (!iptables_is_installed(AF_INET, GetParam())) GTEST_SKIP() << "this iptables is missing";
  }
};

TEST_P(Faults, DoWhatTheySayForRoot) {
  expect_inside([] { check_faults(GetParam()); });
}

TEST_P(Faults, DoWhatTheySayForNobody) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become nobody";
  expect_inside_as_nobody([] { check_faults(GetParam()); });
}

TEST_P(Faults, OfOneFamilySpareTheOther) {
  expect_inside([] {
    const Laboratory laboratory;
    const Connection v6 = connect_over(laboratory, AF_INET6, End::ours);
    const Fault fault(FaultKind::lost, FaultFamily::v4, GetParam());
    EXPECT_EQ(exchange(v6.ours.get(), v6.peer.get(), "spared"), "spared");
  });
}

INSTANTIATE_TEST_SUITE_P(Iptables, Faults,
                         testing::Values(IptablesVariant::standard, IptablesVariant::nft,
                                         IptablesVariant::legacy),
                         [](const auto& each) {
                           switch (each.param) {
                             case IptablesVariant::standard:
                               return "standard";
                             case IptablesVariant::nft:
                               return "nft";
                             case IptablesVariant::legacy:
                               return "legacy";
                           }
                           return "unknown";
                         });

TEST(FaultRules, OfAHalfOpenWireSpareTheSyns) {
  EXPECT_EQ(fault_rules(FaultKind::half_open),
            "*filter\n-N WIRE-half_open\n-A WIRE-half_open -p tcp ! --syn -j DROP\n"
            "-I INPUT 1 -p tcp -j WIRE-half_open\nCOMMIT\n");
}

TEST(FaultRules, OfALossFromSomeNumberOnReachAcrossTheEndOfTheNumbers) {
  EXPECT_EQ(fault_rules(FaultKind::lost_from, AF_INET6, 1000),
            "*filter\n-N WIRE-lost_from\n"
            "-A WIRE-lost_from -m u32 --u32 44=1000:1073742824 -j NFQUEUE --queue-num 3088\n"
            "-I OUTPUT 1 -p tcp -j WIRE-lost_from\nCOMMIT\n");
  EXPECT_NE(fault_rules(FaultKind::lost_from, AF_INET, 4294967280)
                .find("--u32 0>>22&0x3C@4=4294967280:4294967295,0:1073741808 "),
            std::string::npos);
}

TEST(FaultRules, StandInOneChainAndGoWithIt) {
  EXPECT_EQ(fault_rules(FaultKind::unacked),
            "*filter\n-N WIRE-unacked\n-A WIRE-unacked -j DROP\n"
            "-I INPUT 1 -p tcp -j WIRE-unacked\nCOMMIT\n");
  EXPECT_EQ(fault_removal(FaultKind::unacked),
            "*filter\n-D INPUT -p tcp -j WIRE-unacked\n-F WIRE-unacked\n-X WIRE-unacked\nCOMMIT\n");
}

}  // namespace
}  // namespace sockcr::netns
