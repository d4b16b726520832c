// A datagram forged in its sender's name: the bytes of its packet, and which cannot be forged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/udp/forge.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using testing::HasSubstr;

TEST(Forge, ChecksumsAreThoseOfTheStandard) {
  const Datagram one{.source = end_at(AF_INET, "192.0.2.2", 7002),
                     .destination = end_at(AF_INET, "192.0.2.1", 7008),
                     .hop_limit = 63,
                     .traffic_class = 0xb9,
                     .payload = {'h', 'i', '!'}};
  const Bytes packet = packet_of(one);
  ASSERT_EQ(packet.size(), 31u);
  EXPECT_EQ(packet[1], 0xb9);
  EXPECT_EQ(packet[8], 63);
  EXPECT_EQ(Bytes(packet.begin() + 20, packet.begin() + 26), (Bytes{27, 90, 27, 96, 0, 11}));
  Datagram to_many = one;
  to_many.destination = end_at(AF_INET, "255.255.255.255", 7008);
  EXPECT_THAT(why_not_forged(to_many), HasSubstr("sent to many"));
  to_many.destination = end_at(AF_INET, "224.0.0.1", 7008);
  EXPECT_THAT(why_not_forged(to_many), HasSubstr("no member of"));
  to_many.device = "lo";
  EXPECT_EQ(why_not_forged(to_many), "");
  EXPECT_EQ(why_not_forged(one), "");
}

}  // namespace
}  // namespace sockcr
