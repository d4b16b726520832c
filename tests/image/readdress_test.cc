#include "engine/image/readdress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/image/validate.h"
#include "engine/sys/error.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

const Address ours = end_at(AF_INET, "192.0.2.1", 0);
const Address peer = end_at(AF_INET, "192.0.2.2", 0);
const Address elsewhere = end_at(AF_INET, "192.0.2.3", 0);

std::vector<std::string> texts(const Image& image) {
  std::vector<std::string> list;
  for (const Socket& socket : image.sockets) list.push_back(to_text(socket));
  return list;
}

// Nobody's time stamps, which no image can move.
Image movable_kinds() {
  Image image = all_kinds_image();
  std::get<TcpConnection>(image.sockets[all_kinds::child]).negotiated.timestamps = false;
  std::get<TcpRequest>(image.sockets[all_kinds::request]).negotiated.timestamps = false;
  return image;
}

TEST(Readdress, ChangesTheEndThatMoves) {
  const Image after = readdress(sample_image(), ours, elsewhere);
  EXPECT_THAT(texts(after), testing::ElementsAre("tcp 192.0.2.3:7001 > 192.0.2.2:7002 CLOSE_WAIT"));
}

TEST(Readdress, TellsTheOtherEnd) {
  const Image after = readdress(sample_image(), peer, elsewhere);
  EXPECT_THAT(texts(after), testing::ElementsAre("tcp 192.0.2.1:7001 > 192.0.2.3:7002 CLOSE_WAIT"));
}

TEST(Readdress, ChangesNothingElse) {
  const Image before = movable_kinds();
  const Image after = readdress(before, ours, elsewhere);
  EXPECT_NE(texts(after), texts(before));
  EXPECT_EQ(after.where, before.where);
  EXPECT_EQ(after.circumstance, before.circumstance);
  EXPECT_TRUE(readdress(after, elsewhere, ours).sockets == before.sockets);
}

TEST(Readdress, FindsTheAddressInEveryKind) {
  const Image before = movable_kinds();
  const Image after = readdress(before, ours, elsewhere);
  for (std::size_t i = 0; i < before.sockets.size(); ++i) {
    const std::string was = to_text(before.sockets[i]);
    const bool in_queue = i == all_kinds::udp;  // of one who is bound to a wildcard
    const bool has_it = in_queue || was.find("192.0.2.1:") != std::string::npos;
    EXPECT_EQ(after.sockets[i] == before.sockets[i], !has_it) << was;
    EXPECT_EQ(to_text(after.sockets[i]).find("192.0.2.1:"), std::string::npos) << was;
  }
}

TEST(Readdress, KeepsAMappedAddressMapped) {
  TcpConnection c = sample_connection();
  c.domain = AF_INET6;
  c.local = end_at(AF_INET6, "::ffff:192.0.2.1", 7001);
  c.remote = end_at(AF_INET6, "::ffff:192.0.2.2", 7002);
  const Image after = readdress(image_of(c), ours, elsewhere);
  EXPECT_EQ(std::get<TcpConnection>(after.sockets.front()).local,
            end_at(AF_INET6, "::ffff:192.0.2.3", 7001));
}

TEST(Readdress, LeavesPortsOutOfIt) {
  Address from = ours, to = elsewhere;
  from.port = 1;
  to.port = 2;
  EXPECT_THAT(texts(readdress(sample_image(), from, to)),
              testing::ElementsAre("tcp 192.0.2.3:7001 > 192.0.2.2:7002 CLOSE_WAIT"));
}

TEST(Readdress, LeavesAnImageThatKnowsNothingOfIt) {
  const Address stranger = end_at(AF_INET, "203.0.113.1", 0);
  EXPECT_TRUE(readdress(all_kinds_image(), stranger, elsewhere).sockets ==
              all_kinds_image().sockets);
}

TEST(Readdress, RefusesWhatIsNoExchange) {
  const Address v6 = end_at(AF_INET6, "2001:db8::3", 0);
  const Address any = end_at(AF_INET, "0.0.0.0", 0);
  EXPECT_THROW(readdress(sample_image(), ours, v6), Unsupported);
  EXPECT_THROW(readdress(sample_image(), v6, ours), Unsupported);
  EXPECT_THROW(readdress(sample_image(), any, ours), Unsupported);
  EXPECT_THROW(readdress(sample_image(), ours, any), Unsupported);
}

TEST(Readdress, RefusesAClockThatTheAddressesMake) {
  for (const std::size_t waiting : {all_kinds::child, all_kinds::request}) {
    Image image = movable_kinds();
    std::visit(
        [](auto& kind) {
          if constexpr (requires { kind.negotiated; }) kind.negotiated.timestamps = true;
        },
        image.sockets[waiting]);
    EXPECT_THROW(readdress(image, ours, elsewhere), Unsupported);
    EXPECT_THROW(readdress(image, peer, elsewhere), Unsupported);
  }
}

TEST(Readdress, OfAValidImageIsValid) {
  EXPECT_NO_THROW(validate(readdress(movable_kinds(), ours, elsewhere)));
  EXPECT_NO_THROW(validate(readdress(movable_kinds(), peer, elsewhere)));
}

TEST(Readdress, MovesWhatADatagramWasSentTo) {
  const Image after = readdress(movable_kinds(), ours, elsewhere);
  const auto& queue = std::get<UdpSocket>(after.sockets.at(all_kinds::udp)).queue;
  EXPECT_EQ(queue[2].destination, end_at(AF_INET6, "::ffff:192.0.2.3", 7008));
  EXPECT_EQ(queue[2].source, end_at(AF_INET6, "::ffff:192.0.2.2", 7002));
}

TEST(Readdress, MovesWhatAMemberHearsAndThePacketsOfARawSocket) {
  const Address from = end_at(AF_INET, "198.51.100.2", 0), to = end_at(AF_INET, "198.51.100.9", 0);
  const Image after = readdress(movable_kinds(), from, to);
  const auto& member = std::get<UdpSocket>(after.sockets.at(all_kinds::member));
  EXPECT_EQ(member.memberships[0].sources[0], to);
  EXPECT_EQ(member.queue[0].source, end_at(AF_INET6, "::ffff:198.51.100.9", 7002));
  const auto& raw = std::get<RawSocket>(after.sockets.at(all_kinds::raw));
  EXPECT_EQ(raw.queue[0].source, to);
  EXPECT_EQ(raw.queue[0].payload[15], 9);
  // 4500+...: the sum of all words of a right header is ffff.
  unsigned sum = 0;
  for (std::size_t at = 0; at < 20; at += 2) {
    sum += raw.queue[0].payload[at] * 256u + raw.queue[0].payload[at + 1];
  }
  EXPECT_EQ((sum & 0xffff) + (sum >> 16), 0xffffu);
  EXPECT_NO_THROW(validate(after));
}

}  // namespace
}  // namespace sockcr
