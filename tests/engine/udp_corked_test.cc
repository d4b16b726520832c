// A datagram under construction, as the tap of a gate hears it.
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "engine/udp/corked.h"
#include "engine/udp/forge.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

Datagram sample(int family, const char* from, const char* to) {
  return {.source = end_at(family, from, 7001),
          .destination = end_at(family, to, 7002),
          .hop_limit = 9,
          .traffic_class = 0xb8,
          .payload = {'c', 'o', 'r', 'k'}};
}

TEST(Corked, IsReadFromItsPacket) {
  Datagram one = sample(AF_INET, "192.0.2.1", "192.0.2.2");
  EXPECT_EQ(parse_datagram(packet_of(one)), one);
  EXPECT_EQ(parse_datagram(packet_of(one, {.protocol = IPPROTO_UDPLITE})), one);
  one = sample(AF_INET6, "2001:db8::1", "2001:db8::2");
  EXPECT_EQ(parse_datagram(packet_of(one)), one);
}

TEST(Corked, IsReadBehindAnExtensionHeader) {
  const Datagram one = sample(AF_INET6, "2001:db8::1", "2001:db8::2");
  Bytes packet = packet_of(one);
  const Bytes padding{IPPROTO_UDP, 0, 1, 4, 0, 0, 0, 0};  // hop-by-hop options
  packet[6] = IPPROTO_HOPOPTS;
  packet.insert(packet.begin() + 40, padding.begin(), padding.end());
  EXPECT_EQ(parse_datagram(packet), one);
}

TEST(Corked, IsNothingElseThatATapHears) {
  EXPECT_EQ(parse_datagram({}), std::nullopt);
  Bytes packet = packet_of(sample(AF_INET, "192.0.2.1", "192.0.2.2"));
  packet[9] = IPPROTO_TCP;
  EXPECT_EQ(parse_datagram(packet), std::nullopt);
  packet[9] = IPPROTO_UDP;
  packet.resize(27);
  EXPECT_EQ(parse_datagram(packet), std::nullopt);
}

}  // namespace
}  // namespace sockcr
