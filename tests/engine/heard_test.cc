// Reading segments that a tap has heard: what the injector sends is what is read, and nothing that
// was cut short or spoilt is read past its end.
#include "engine/tcp/heard.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <random>

#include "engine/gate/iptables_gate.h"
#include "engine/gate/tap.h"
#include "tests/engine/scene.h"

namespace sockcr {
namespace {

class HeardTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

// Sent unmarked, and therefore into the tap.
std::vector<std::uint8_t> packet_of(Scene& scene, const Segment& segment) {
  Tap tap(9);
  scene.gate.close();
  try {
    Injector(segment.to.family).send(segment);
  } catch (const SystemError&) {
    // The gate's DROP is an EPERM to a raw socket.
  }
  return tap.next(std::chrono::seconds(5)).value_or(std::vector<std::uint8_t>());
}

Segment sample(Scene& scene) {
  static constexpr std::uint8_t words[] = {'w', 'o', 'r', 'd', 's'};
  return {.from = from_sockaddr(scene.at(netns::End::ours, 7001)),
          .to = from_sockaddr(scene.at(netns::End::peer, 7002)),
          .seq = 0xfffffff0,
          .ack = 77,
          .flags = tcp_flag::psh | tcp_flag::ack,
          .window = 502,
          .timestamps = Segment::Timestamps{123456789, 987654321},
          .payload = words};
}

TEST_P(HeardTest, IsWhatWasSent) {
  expect_inside([] {
    Scene scene(GetParam());
    const Segment sent = sample(scene);
    const auto heard = parse_segment(packet_of(scene, sent));
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->from, sent.from);
    EXPECT_EQ(heard->to, sent.to);
    EXPECT_EQ(heard->seq, sent.seq);
    EXPECT_EQ(heard->ack, sent.ack);
    EXPECT_EQ(heard->flags, sent.flags);
    EXPECT_EQ(heard->window, sent.window);
    ASSERT_TRUE(heard->timestamps);
    EXPECT_EQ(heard->timestamps->value, 123456789u);
    EXPECT_EQ(heard->timestamps->echo_reply, 987654321u);
    EXPECT_EQ(heard->payload, Bytes({'w', 'o', 'r', 'd', 's'}));
  });
}

TEST_P(HeardTest, IsNothingWhenCutShort) {
  expect_inside([] {
    Scene scene(GetParam());
    const auto packet = packet_of(scene, sample(scene));
    for (std::size_t length = 0; length < packet.size(); ++length) {
      EXPECT_FALSE(parse_segment(std::span(packet).first(length))) << length;
    }
  });
}

// Under the address sanitizer this sees reads past the end.
TEST_P(HeardTest, SurvivesEveryFlippedBit) {
  expect_inside([] {
    Scene scene(GetParam());
    const auto packet = packet_of(scene, sample(scene));
    for (std::size_t bit = 0; bit < packet.size() * 8; ++bit) {
      auto spoilt = packet;
      spoilt[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      const auto heard = parse_segment(spoilt);
      EXPECT_LE(heard ? heard->payload.size() : 0, packet.size());
    }
  });
}

TEST(BareAck, IsWhatNoTimerSends) {
  HeardSegment heard;
  heard.flags = tcp_flag::ack;
  EXPECT_TRUE(is_bare_ack(heard));
  heard.payload = {1};
  EXPECT_FALSE(is_bare_ack(heard)) << "bytes sent again";
  heard.payload.clear();
  for (const auto flag : {tcp_flag::syn, tcp_flag::fin, tcp_flag::rst}) {
    heard.flags = static_cast<std::uint8_t>(tcp_flag::ack | flag);
    EXPECT_FALSE(is_bare_ack(heard)) << int{flag};
  }
  heard.flags = tcp_flag::psh;
  EXPECT_FALSE(is_bare_ack(heard));
}

INSTANTIATE_TEST_SUITE_P(Families, HeardTest, testing::Values(AF_INET, AF_INET6),
                         [](const auto& f) { return f.param == AF_INET ? "v4" : "v6"; });

}  // namespace
}  // namespace sockcr
