// A checkpoint, a kill and a restore over loopback, without a firewall: a socket in repair mode is
// silent, and here nobody speaks meanwhile.
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "engine/checkpoint.h"
#include "engine/image/decode.h"
#include "engine/image/diff.h"
#include "engine/image/encode.h"
#include "engine/restore.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/info.h"
#include "tests/engine/world.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

class RoundTripTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

// Whatever differs but for ranges by nature, a line each.
std::string differences_between(const TcpConnection& before, const TcpConnection& after) {
  std::string text;
  for (const Difference& each : beyond_tolerance(before, after)) text += to_text(each) + "\n";
  return text;
}

std::string text(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

Image image_of_killed(const ChildProcess& program) {
  Checkpoint checkpoint({.pids = {program.pid()}, .image_id = choose_image_id()});
  checkpoint.freeze();
  const Bytes bytes = encode(checkpoint.read());
  checkpoint.kill();
  return decode(bytes);
}

// What a program that is killed held, built again here.
TEST_P(RoundTripTest, EstablishedWithUnreadData) {
  expect_inside([] {
    const std::string unread = text(pattern(50'000, 'a'));
    // As small as over Ethernet: what lo offers is more than TCP_MAXSEG can limit exactly.
    Connection connection = connect_on_loopback(
        GetParam(), {.before_listen = [](int s) { set_option(s, option::max_segment, 1460); }});
    say(connection.peer.get(), unread);
    const std::uint32_t mss = read_info(connection.ours.get()).snd_mss;
    const ChildProcess program = start_holder({connection.peer.get()});
    connection.ours.reset();

    const Image image = image_of_killed(program);
    const auto& before = std::get<TcpConnection>(image.sockets.front());
    EXPECT_EQ(text(before.receive_queue), unread);

    Restoration restoration(image);
    restoration.build();
    const int ours = restoration.sockets().front();
    EXPECT_EQ(differences_between(before, capture(ours)), "");
    restoration.resume();
    EXPECT_EQ(read_info(ours).snd_mss, mss);
    EXPECT_EQ(hear(ours, unread.size()), unread);
    EXPECT_EQ(exchange(ours, connection.peer.get(), "to the peer"), "to the peer");
    EXPECT_EQ(exchange(connection.peer.get(), ours, "and back"), "and back");
  });
}

// A restore that is given up says nothing: the same image is built again after it.
TEST_P(RoundTripTest, GivenUpBeforeResume) {
  expect_inside([] {
    Connection connection = connect_on_loopback(GetParam());
    const ChildProcess program = start_holder({connection.peer.get()});
    connection.ours.reset();
    const Image image = image_of_killed(program);
    for (int attempt = 0; attempt < 2; ++attempt) Restoration(image).build();
    Restoration restoration(image);
    restoration.build();
    restoration.resume();
    EXPECT_EQ(exchange(connection.peer.get(), restoration.sockets().front(), "hello"), "hello");
  });
}

INSTANTIATE_TEST_SUITE_P(Families, RoundTripTest, testing::Values(AF_INET, AF_INET6),
                         [](const auto& f) { return f.param == AF_INET ? "v4" : "v6"; });

}  // namespace
}  // namespace sockcr
