#include "engine/image/listen_only.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/image/validate.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

std::vector<std::string> texts(const Image& image) {
  std::vector<std::string> list;
  for (const Socket& socket : image.sockets) {
    list.push_back(std::visit([](const auto& kind) { return to_text(kind); }, socket));
  }
  return list;
}

TEST(ListenOnly, KeepsListenersAndClosesConnections) {
  EXPECT_THAT(
      texts(listen_only(all_kinds_image())),
      testing::ElementsAre(
          "tcp 192.0.2.1:7001 LISTEN", "tcp 192.0.2.1:7001 > 192.0.2.2:7002 CLOSE",
          "tcp [2001:db8::1]:40001 > [2001:db8::2]:80 CLOSE",
          "tcp 192.0.2.1:7001 > 0.0.0.0:0 CLOSE", "tcp [::]:7007 CLOSE", "udp [::]:7008",
          "udplite 192.0.2.1:7008 > 192.0.2.2:7002", "unix stream run/app.sock LISTEN",
          "unix stream @cli", "unix stream run/app.sock", "unix stream run/app.sock",
          "unix seqpacket without a name", "unix dgram without a name", "unix dgram /run/log",
          "udp [::]:7009", "raw 253 198.51.100.1 > 198.51.100.2", "raw 58 ::"));
}

TEST(ListenOnly, KeepsEachSocketWhereItWas) {
  const Image before = all_kinds_image(), after = listen_only(before);
  const std::vector<SocketCircumstance> where{
      before.where[all_kinds::listener],    before.where[all_kinds::established],
      before.where[all_kinds::syn_sent],    before.where[all_kinds::reset],
      before.where[all_kinds::unconnected], before.where[all_kinds::udp],
      before.where[all_kinds::udp_lite]};
  ASSERT_EQ(after.where.size(), where.size() + 10);
  EXPECT_TRUE(std::equal(where.begin(), where.end(), after.where.begin()));
  EXPECT_EQ(after.circumstance, before.circumstance);
  EXPECT_TRUE(after.sockets.front() == before.sockets[all_kinds::listener]);
  EXPECT_TRUE(after.sockets[6] == before.sockets[all_kinds::udp_lite]);
  EXPECT_TRUE(after.sockets.back() == before.sockets[all_kinds::raw_v6]);
}

// What names another socket names it by its new number.
TEST(ListenOnly, LeavesUnixSocketsConnectedToEachOther) {
  const Image after = listen_only(all_kinds_image());
  const auto at = [&](std::size_t place) { return std::get<UnixSocket>(after.sockets[place]); };
  EXPECT_EQ(at(8).peer, 10u);
  EXPECT_EQ(at(9).peer, 9u);
  EXPECT_EQ(at(10).listener, 8u);
  EXPECT_EQ(at(8).queue[2].rights, (std::vector<UnixRight>{{1}, {12}}));
  EXPECT_NO_THROW(validate(after));
}

TEST(ListenOnly, LeavesNothingToReadToSendOrToTell) {
  for (const Socket& socket : listen_only(all_kinds_image()).sockets) {
    const auto* const c = std::get_if<TcpConnection>(&socket);
    if (c == nullptr) continue;
    EXPECT_EQ(unread_bytes(*c) + sent_bytes(*c) + unsent_bytes(*c), 0u);
    EXPECT_TRUE(c->send_queue.empty() && c->receive_queue.empty());
    EXPECT_EQ(c->error, 0);
    EXPECT_TRUE(has_received_fin(*c) && fin_is_acked(*c));
  }
}

TEST(ListenOnly, KeepsNamesAndOptions) {
  const Image after = listen_only(all_kinds_image());
  const auto& c = std::get<TcpConnection>(after.sockets[1]);
  EXPECT_EQ(c.options, sample_connection().options);
  const auto& client = std::get<TcpConnection>(after.sockets[2]);
  EXPECT_EQ(client.domain, AF_INET6);
  EXPECT_EQ(client.options.size(), 1u);
}

TEST(ListenOnly, OfAValidImageIsValid) {
  Dice dice(5);
  for (int n = 0; n < 300; ++n) {
    const Image after = listen_only(random_image(dice));
    EXPECT_NO_THROW(validate(after));
    const Image again = listen_only(after);
    EXPECT_TRUE(again.sockets == after.sockets && again.where == after.where);
  }
}

}  // namespace
}  // namespace sockcr
