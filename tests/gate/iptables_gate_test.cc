// What a gate does to traffic.
#include "engine/gate/iptables_gate.h"

#include <linux/if_ether.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <algorithm>

#include "engine/gate/tap.h"
#include "engine/sys/interface.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "netns/laboratory.h"
#include "tests/gate/gates.h"

namespace sockcr {
namespace {

using namespace std::chrono_literals;
using netns::connect_over;
using netns::Connection;
using netns::End;
using netns::expect_inside;
using netns::expect_inside_as_nobody;
using netns::hear;
using netns::information;
using netns::Laboratory;
using netns::say;

constexpr std::uint64_t id = 0xC0FFEE;

// Frames that leave ours, as the peer's device sees them.
class FramesOfOurs {
 public:
  explicit FramesOfOurs(const Laboratory& laboratory) {
    const NetworkNamespace::Scope scope(laboratory.inside(End::peer));
    socket_ = make_socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(ETH_P_ALL);
    address.sll_ifindex = static_cast<int>(interface_index(Laboratory::device(End::peer)));
    bind_socket(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  }

  int count_tcp(Clock::duration limit) {
    int count = 0;
    std::uint8_t frame[2048];
    while (readable_within(socket_.get(), limit)) {
      receive_bytes(socket_.get(), frame, 0);
      const bool from_ours = frame[11] == Laboratory::mac(End::ours).back();
      const std::uint8_t protocol = frame[12] == 0x08 ? frame[23] : frame[20];
      if (from_ours && protocol == IPPROTO_TCP) ++count;
    }
    return count;
  }

 private:
  FileDescriptor socket_;
};

void check_silence(const Laboratory& laboratory, int family, IptablesVariant variant) {
  const Connection connection = connect_over(laboratory, family, End::ours);
  IptablesGate gate({.image_id = id}, variant);
  gate.close();
  EXPECT_TRUE(gate.is_closed());
  FramesOfOurs frames(laboratory);
  say(connection.ours.get(), "from ours");
  say(connection.peer.get(), "from the peer");
  EXPECT_EQ(frames.count_tcp(30ms), 0);
  EXPECT_FALSE(readable_within(connection.ours.get(), 0s));
  EXPECT_FALSE(readable_within(connection.peer.get(), 0s));
  EXPECT_EQ(queued_bytes(connection.ours.get(), SIOCOUTQNSD, "SIOCOUTQNSD"), 9);
  gate.open();
  EXPECT_EQ(hear(connection.peer.get(), 9), "from ours");
  EXPECT_EQ(hear(connection.ours.get(), 13), "from the peer");
}

void check_silence_everywhere(IptablesVariant variant) {
  install_users_rules(variant);
  const auto before = all_rules(variant);
  const Laboratory laboratory;
  for (const int family : {AF_INET, AF_INET6}) check_silence(laboratory, family, variant);
  EXPECT_EQ(all_rules(variant), before);
}

TEST_P(GateTest, IsSilentBothWaysForRoot) {
  expect_inside([] { check_silence_everywhere(GetParam()); });
}

TEST_P(GateTest, IsSilentBothWaysForNobody) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become nobody";
  expect_inside_as_nobody([] { check_silence_everywhere(GetParam()); });
}

// A first packet through the gate as soon as the call has returned: had the kernel not taken the
// rules by then, the connection would wait a second for its second SYN.
TEST_P(GateTest, IsOpenWhenItSaysSo) {
  expect_inside([] {
    const Laboratory laboratory;
    for (const int family : {AF_INET, AF_INET6}) {
      IptablesGate gate({.image_id = id}, GetParam());
      gate.close();
      gate.open();
      const auto start = Clock::now();
      connect_over(laboratory, family, End::peer);
      EXPECT_LT(Clock::now() - start, 500ms);
    }
  });
}

// Over lo, because what is forged comes in that way: marked from the one end to the other.
bool connects_to_itself(int family, std::uint32_t mark) {
  const FileDescriptor listener = make_socket(family, SOCK_STREAM, 0);
  set_option(listener.get(), option::mark, static_cast<int>(mark));
  sockaddr_storage address = Laboratory::address(End::ours, family, 7100);
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  set_option(listener.get(), option::reuse_address, 1);
  bind_socket(listener.get(), generic, sizeof address);
  listen_socket(listener.get(), 1);
  const FileDescriptor client = make_socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);
  set_option(client.get(), option::mark, static_cast<int>(mark));
  ::connect(client.get(), generic, sizeof address);
  return readable_within(listener.get(), 50ms);
}

TEST_P(GateTest, LetsMarkedSegmentsThrough) {
  expect_inside([] {
    install_users_rules(GetParam());
    const Laboratory laboratory;
    EXPECT_FALSE(connects_to_itself(AF_INET, forged_mark)) << "the user's rule does not drop it";
    IptablesGate gate({.image_id = id, .tap = 9}, GetParam());
    gate.close();
    for (const int family : {AF_INET, AF_INET6}) {
      EXPECT_TRUE(connects_to_itself(family, forged_mark));
      EXPECT_FALSE(connects_to_itself(family, forged_mark + 1));
      EXPECT_FALSE(connects_to_itself(family, 0));
    }
  });
}

bool contains(const std::vector<std::uint8_t>& packet, std::string_view words) {
  return std::search(packet.begin(), packet.end(), words.begin(), words.end()) != packet.end();
}

void check_tap(const Laboratory& laboratory, int family, IptablesVariant variant) {
  const Connection connection = connect_over(laboratory, family, End::ours);
  IptablesGate gate({.image_id = id, .tap = 9}, variant);
  Tap tap(gate.tap().value());
  gate.close();
  EXPECT_FALSE(tap.next(0s)) << "nothing was sent yet";
  say(connection.ours.get(), "dropped and told");
  const auto packet = tap.next(1s);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->front() >> 4, family == AF_INET ? 4 : 6);
  EXPECT_TRUE(contains(*packet, "dropped and told"));
  EXPECT_FALSE(readable_within(connection.peer.get(), 0s));
  connects_to_itself(family, forged_mark);
  while (const auto more = tap.next(20ms)) EXPECT_TRUE(contains(*more, "dropped and told"));
  gate.open();
}

TEST_P(GateTest, TellsTheTapWhatItDrops) {
  expect_inside([] {
    const Laboratory laboratory;
    for (const int family : {AF_INET, AF_INET6}) check_tap(laboratory, family, GetParam());
  });
}

TEST_P(GateTest, SwallowsWhatTcpBelievesToBeSent) {
  expect_inside([] {
    const Laboratory laboratory;
    for (const int family : {AF_INET, AF_INET6}) {
      const Connection connection = connect_over(laboratory, family, End::ours);
      IptablesGate gate({.image_id = id, .tap = 9, .swallow = true}, GetParam());
      Tap tap(9);
      gate.close();
      FramesOfOurs frames(laboratory);
      say(connection.ours.get(), "swallowed");
      EXPECT_EQ(queued_bytes(connection.ours.get(), SIOCOUTQNSD, "SIOCOUTQNSD"), 0);
      EXPECT_EQ(information(connection.ours.get()).tcpi_unacked, 1U);
      EXPECT_TRUE(tap.next(1s)) << "the tap hears it too";
      EXPECT_EQ(frames.count_tcp(20ms), 0);
    }
  });
}

std::uint32_t unsent_after(const Connection& connection, const std::string& words) {
  say(connection.ours.get(), words);
  return static_cast<std::uint32_t>(
      queued_bytes(connection.ours.get(), SIOCOUTQNSD, "SIOCOUTQNSD"));
}

TEST_P(GateTest, SwallowsWhileItIsAskedTo) {
  expect_inside([] {
    const Laboratory laboratory;
    IptablesGate gate({.image_id = id, .tap = 9}, GetParam());
    gate.close();
    EXPECT_TRUE(gate.can_swallow());
    gate.open();
    for (const int family : {AF_INET, AF_INET6}) {
      const Connection refused = connect_over(laboratory, family, End::ours);
      const Connection swallowed = connect_over(laboratory, family, End::ours);
      const Connection again = connect_over(laboratory, family, End::ours);
      gate.close();
      EXPECT_EQ(unsent_after(refused, "words"), 5U);
      gate.swallow(true);
      EXPECT_EQ(unsent_after(swallowed, "words"), 0U);
      gate.swallow(false);
      EXPECT_EQ(unsent_after(again, "words"), 5U);
      gate.open();
    }
    EXPECT_FALSE(IptablesGate({.image_id = id}, GetParam()).can_swallow());
    EXPECT_THROW(IptablesGate({.image_id = id}, GetParam()).swallow(true), Unsupported);
  });
}

TEST_P(GateTest, OfOneFamilySparesTheOther) {
  expect_inside([] {
    const Laboratory laboratory;
    IptablesGate gate({.image_id = id, .v6 = false}, GetParam());
    gate.close();
    const Connection spared = connect_over(laboratory, AF_INET6, End::ours);
    EXPECT_EQ(netns::exchange(spared.ours.get(), spared.peer.get(), "spared"), "spared");
  });
}

INSTANTIATE_TEST_SUITE_P(Iptables, GateTest,
                         testing::Values(IptablesVariant::nft, IptablesVariant::legacy),
                         variant_name);

}  // namespace
}  // namespace sockcr
