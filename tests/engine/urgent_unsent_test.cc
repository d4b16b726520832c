// The urgent byte of bytes that are not acknowledged, and of what has no descriptor: read by BPF,
// or out of what the socket itself says into the closed gate.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "engine/bpf/kernel_reader.h"
#include "engine/image/diff.h"
#include "engine/restore.h"
#include "engine/tcp/undelivered_mark.h"
#include "tests/engine/scene.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

struct Way {
  int family;
  bool bpf;
};

class UrgentUnsentTest : public testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_SANDBOX();
    std::string why_not;
    if (GetParam().bpf && !KernelReader::open(KernelReader::Orphans::leave_out, why_not)) {
      GTEST_SKIP() << why_not;
    }
  }
};

struct WayScene : Scene {
  WayScene() : Scene(UrgentUnsentTest::GetParam().family) {
    use_bpf = UrgentUnsentTest::GetParam().bpf;
  }
  FileDescriptor listener = listen();
  FileDescriptor client = Scene::client();
};

void say_urgently(int socket, std::size_t length) {
  const Bytes bytes = pattern(length, 'a');
  ASSERT_EQ(send_bytes(socket, bytes, MSG_OOB | MSG_DONTWAIT), length);
}

// The only connection of what a checkpoint reads, which leaves it running.
TcpConnection looked_at(Scene& scene, const ChildProcess& program) {
  Checkpoint checkpoint(scene.request(program));
  checkpoint.freeze();
  return std::get<TcpConnection>(checkpoint.read().sockets.front());
}

struct Queue {
  std::size_t sent, urgent_sent, unsent, urgent_unsent;
  std::uint32_t mark;
};

const std::vector<Queue> queues{
    {.sent = 10, .urgent_sent = 0, .unsent = 10, .urgent_unsent = 0, .mark = 0},
    {10, 5, 0, 0, 15},
    {0, 1, 7, 0, 1},
    {10, 5, 20, 5, 40},
    {0, 0, 3000, 1, 3001},
    {4000, 3000, 9, 0, 7000}};

void expect_mark_is_read(const Queue& queue) {
  WayScene scene;
  const FileDescriptor child = accept_socket(scene.listener.get());
  scene.listener.reset();
  {
    const netns::Fault fault(netns::FaultKind::lost);
    if (queue.sent > 0) send_bytes(child.get(), pattern(queue.sent, 'a'), 0);
    if (queue.urgent_sent > 0) say_urgently(child.get(), queue.urgent_sent);
    scene.gate.close();
  }
  if (queue.unsent > 0) send_bytes(child.get(), pattern(queue.unsent, 'a'), 0);
  if (queue.urgent_unsent > 0) say_urgently(child.get(), queue.urgent_unsent);
  const ChildProcess program = start_keeper({child.get()});
  for (int i = 0; i < 2; ++i) {
    const TcpConnection c = looked_at(scene, program);
    EXPECT_EQ(c.send_urgent, queue.mark);
    EXPECT_FALSE(c.send_urgent_unknown);
  }
  EXPECT_EQ(get_option(child.get(), option::repair), 0);
}

TEST_P(UrgentUnsentTest, IsReadOfAHeldConnection) {
  for (const Queue& queue : queues) {
    SCOPED_TRACE(queue.mark);
    expect_inside([&] { expect_mark_is_read(queue); });
  }
}

// Only in ESTABLISHED does a socket say so when asked.
TEST_P(UrgentUnsentTest, IsUnknownBehindTheFinOfThePeer) {
  expect_inside([] {
    WayScene scene;
    const FileDescriptor child = accept_socket(scene.listener.get());
    scene.listener.reset();
    shut_down_socket(scene.client.get(), SHUT_WR);
    ASSERT_TRUE(Scene::comes_to(child.get(), TcpState::close_wait));
    scene.gate.close();
    say_urgently(child.get(), 5);
    const TcpConnection c = looked_at(scene, start_keeper({child.get()}));
    EXPECT_EQ(c.send_urgent, GetParam().bpf ? 5u : 0u);
    EXPECT_EQ(c.send_urgent_unknown, !GetParam().bpf);
  });
}

TEST_P(UrgentUnsentTest, IsReadOfAnOrphan) {
  expect_inside([] {
    WayScene scene;
    {
      const netns::Fault fault(netns::FaultKind::lost);
      const FileDescriptor child = accept_socket(scene.listener.get());
      say_urgently(child.get(), 3000);
      say(child.get(), std::string(2000, 'y'));
      scene.gate.close();
      scene.listener.reset();
    }
    ASSERT_TRUE(Scene::shows(TcpState::fin_wait1));
    const Image image = scene.take(start_keeper({}));
    EXPECT_EQ(std::get<TcpConnection>(image.sockets.front()).send_urgent, 3000u);
    Restoration restoration(image);
    restoration.build();
    const Image again = scene.take(start_keeper({}));
    EXPECT_EQ(std::get<TcpConnection>(again.sockets.front()).send_urgent, 3000u);
  });
}

// Nothing is read of it any more, and the mark still divides what is unread.
TEST_P(UrgentUnsentTest, OfAConnectionThatWasReset) {
  expect_inside([] {
    WayScene scene;
    FileDescriptor child = accept_socket(scene.listener.get());
    scene.listener.reset();
    say_urgently(scene.client.get(), 1);
    say(scene.client.get(), "behind");
    reset(std::move(scene.client));
    ASSERT_TRUE(Scene::comes_to(child.get(), TcpState::close));
    ChildProcess program = start_keeper({child.get()});
    child.reset();
    scene.gate.close();
    for (int i = 0; i < 2; ++i) {
      const Image image = scene.take(program);
      const auto& c = std::get<TcpConnection>(image.sockets.front());
      EXPECT_EQ(c.receive_urgent, 1u);
      EXPECT_FALSE(c.urgent_taken);
      EXPECT_EQ(c.receive_queue.size(), 7u);
      Restoration restoration(image);
      restoration.build();
      program = start_keeper(restoration.sockets());
    }
  });
}

// The peer has named a byte that its segment did not bring: the segment that does names it again.
TEST_P(UrgentUnsentTest, OfAMarkThatIsOnlyAnnouncedNothingIsLost) {
  expect_inside([] {
    WayScene scene;
    FileDescriptor child = accept_socket(scene.listener.get());
    scene.listener.reset();
    const int client = scene.client.get();
    set_option(child.get(), option::receive_buffer, 8192);
    set_option(client, option::send_buffer, 1 << 20);
    say_urgently(client, 60'000);  // more than ours has room for
    ASSERT_TRUE(
        poll_until(std::chrono::seconds(5), [&] { return read_counts(child.get()).inq > 2000; }));
    ChildProcess program = start_keeper({child.get()});
    child.reset();
    scene.gate.close();
    const Image image = scene.take(program);
    EXPECT_EQ(std::get<TcpConnection>(image.sockets.front()).receive_urgent, 0u);
    Restoration restoration(image);
    restoration.build();
    scene.gate.open();
    restoration.resume();
    const int ours = restoration.sockets().front();
    EXPECT_EQ(hear(ours, 59'999).size(), 59'999u);
    std::uint8_t byte = 0;
    EXPECT_EQ(receive_bytes(ours, {&byte, 1}, MSG_OOB), 1u);
    EXPECT_EQ(byte, pattern(60'000, 'a').back());
  });
}

// In front, where every kernel can peek past it.
TEST_P(UrgentUnsentTest, OfAClientComesBackIntoTheAcceptQueue) {
  expect_inside([] {
    WayScene scene;
    say_urgently(scene.client.get(), 1);
    say(scene.client.get(), std::string(5000, 'y'));
    ASSERT_TRUE(poll_until(std::chrono::seconds(5), [&] {
      const auto dump = dump_tcp();
      return std::any_of(dump.begin(), dump.end(),
                         [](const TcpDiag& one) { return one.receive_queue == 5001; });
    }));
    scene.gate.close();
    const ChildProcess program = start_keeper({scene.listener.get()});
    scene.listener.reset();
    const Image image = scene.take(program);
    EXPECT_EQ(std::get<TcpConnection>(image.sockets.back()).receive_urgent, 1u);
    Restoration restoration(image);
    restoration.build();
    const FileDescriptor child = accept_socket(restoration.sockets().front());
    const TcpConnection c = captured(child.get());
    EXPECT_EQ(c.receive_urgent, 1u);
    EXPECT_EQ(c.receive_queue.size(), 5001u);
  });
}

INSTANTIATE_TEST_SUITE_P(Ways, UrgentUnsentTest,
                         testing::Values(Way{AF_INET, false}, Way{AF_INET6, false},
                                         Way{AF_INET, true}, Way{AF_INET6, true}),
                         [](const auto& way) {
                           const std::string family = way.param.family == AF_INET ? "v4" : "v6";
                           return family + (way.param.bpf ? "_bpf" : "");
                         });

// What a segment that begins at `seq` says by its pointer, 0 for none, of 100,000 bytes from 5000.
std::string learned(Sequence seq, std::uint16_t pointer, std::uint32_t bytes = 100'000) {
  TcpConnection c;
  c.snd_una = 5000;
  c.write_seq = c.snd_una + bytes;
  c.send_urgent_unknown = true;
  HeardSegment heard;
  heard.seq = seq;
  heard.flags = pointer != 0 ? tcp_flag::urg : std::uint8_t{0};
  heard.urgent_pointer = pointer;
  learn_urgent(heard, c);
  return c.send_urgent_unknown ? "unknown" : fmt::format("{}", c.send_urgent);
}

TEST(UrgentPointer, CountsFromItsSegment) {
  EXPECT_EQ(learned(4999, 2), "1");
  EXPECT_EQ(learned(4999, 65534), "65533");
  EXPECT_EQ(learned(6000, 10), "1010");
}

TEST(UrgentPointer, SaysNothingOfWhatItDoesNotReach) {
  EXPECT_EQ(learned(4999, 65535), "unknown");  // or further
  EXPECT_EQ(learned(4999, 0), "unknown");
  EXPECT_EQ(learned(4999, 0, 65533), "0");
  EXPECT_EQ(learned(4999, 0, 65534), "unknown");
  EXPECT_EQ(learned(5001, 0, 9), "unknown");  // the mark may stand in front of it
}

}  // namespace
}  // namespace sockcr
