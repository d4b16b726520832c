// The same sockets read twice, by BPF and by forged segments: two ways that share no code must tell
// the same. BPF looks first, for the other way may take sockets to pieces.
#include <gtest/gtest.h>

#include "engine/image/diff.h"
#include "engine/sys/socket.h"
#include "engine/tcp/capture.h"
#include "engine/tcp/request.h"
#include "engine/tcp/time_wait.h"
#include "tests/bpf/paths.h"

namespace sockcr {
namespace {

class KernelReaderTest : public PathTest {};

// A segment tells its window as its header does, and no shift; of a whole socket sock_diag does.
TcpTimeWait in_units_of(const TcpTimeWait& seen, TcpTimeWait asked) {
  if (asked.rcv_wscale != 0) return asked;
  asked.rcv_wscale = seen.rcv_wscale;
  asked.window <<= seen.rcv_wscale;
  return asked;
}

void compare_time_wait(PathScene& scene, TcpState state) {
  scene.gate.close();
  const TcpDiag found = the_one_in(state);
  const auto reader = open_reader();
  reader->look();
  auto seen = reader->time_wait(found.local, found.remote);
  ASSERT_TRUE(seen);
  EXPECT_NEAR(seen->remaining_ms, found.timer_ms, 500);
  seen->remaining_ms += second_stage_ms(found);
  Prober prober(&scene.gate, "a test");
  const TcpTimeWait asked = in_units_of(*seen, capture_time_wait(found, prober));
  EXPECT_EQ(differences_in_words(*seen, asked), "");
  EXPECT_EQ(seen->window, asked.window);
  EXPECT_EQ(seen->clock, asked.clock);
  EXPECT_GT(seen->ts_recent, 0u);
}

TEST_P(KernelReaderTest, TimeWait) {
  expect_inside([] {
    PathScene scene(GetParam());
    FileDescriptor listener = scene.listen();
    FileDescriptor client = scene.client();
    accept_socket(listener.get());
    listener.reset();
    client.reset();
    ASSERT_TRUE(Scene::shows(TcpState::time_wait));
    compare_time_wait(scene, TcpState::time_wait);
  });
}

TEST_P(KernelReaderTest, FinWait2OfNobody) {
  expect_inside([] {
    PathScene scene(GetParam());
    FileDescriptor listener = scene.listen();
    const FileDescriptor client = scene.client();
    accept_socket(listener.get());
    listener.reset();
    ASSERT_TRUE(Scene::shows(TcpState::fin_wait2));
    compare_time_wait(scene, TcpState::fin_wait2);
  });
}

// For longer than a minute FIN_WAIT2 is a whole socket, and becomes a time-wait one after that.
TEST_P(KernelReaderTest, FinWait2ForALongTime) {
  expect_inside([] {
    PathScene scene(GetParam());
    FileDescriptor listener = scene.listen();
    const FileDescriptor client = scene.client();
    FileDescriptor child = accept_socket(listener.get());
    set_option(child.get(), option::linger2, 100);
    listener.reset();
    child.reset();
    ASSERT_TRUE(Scene::shows(TcpState::fin_wait2));
    compare_time_wait(scene, TcpState::fin_wait2);
  });
}

TEST_P(KernelReaderTest, LookingLeavesTheTimerAlone) {
  expect_inside([] {
    PathScene scene(GetParam());
    FileDescriptor listener = scene.listen();
    FileDescriptor client = scene.client();
    accept_socket(listener.get());
    listener.reset();
    client.reset();
    ASSERT_TRUE(Scene::shows(TcpState::time_wait));
    const TcpDiag found = the_one_in(TcpState::time_wait);
    const auto reader = open_reader();
    std::uint32_t first = 0;
    EXPECT_TRUE(poll_until(std::chrono::seconds(5), [&] {
      reader->look();
      const auto seen = reader->time_wait(found.local, found.remote);
      if (!seen) return false;
      first = first == 0 ? seen->remaining_ms : first;
      EXPECT_LE(seen->remaining_ms, first);
      return seen->remaining_ms + 200 < first;
    }));
  });
}

TEST_P(KernelReaderTest, Request) {
  expect_inside([] {
    PathScene scene(GetParam());
    const FileDescriptor listener = scene.listen();
    FileDescriptor client;
    {
      const netns::Fault fault(netns::FaultKind::lost);  // the SYN-ACK
      client = scene.begin_client();
      ASSERT_TRUE(Scene::shows(TcpState::syn_recv));
      scene.gate.close();
    }
    const TcpDiag found = the_one_in(TcpState::syn_recv);
    const auto reader = open_reader();
    reader->look();
    const auto seen = reader->request(found.local, found.remote);
    ASSERT_TRUE(seen);
    Prober prober(&scene.gate, "a test");
    const RequestNumbers numbers = ask_request(found, prober);
    complete_request(found, numbers, prober);
    const TcpRequest asked = request_of(numbers, capture(accept_socket(listener.get()).get()));
    EXPECT_EQ(differences(*seen, asked).size(), 0u) << differences_in_words(*seen, asked);
    EXPECT_GT(seen->ts_recent, 0u);
  });
}

TEST_P(KernelReaderTest, TimeStampsOfAConnection) {
  expect_inside([] {
    PathScene scene(GetParam());
    const FileDescriptor listener = scene.listen();
    const FileDescriptor client = scene.client();
    const FileDescriptor child = accept_socket(listener.get());
    EXPECT_EQ(exchange(client.get(), child.get(), "hello"), "hello");
    scene.gate.close();
    const TcpDiag found = the_one_in(TcpState::established);
    const auto reader = open_reader();
    reader->look();
    TcpConnection connection = captured(child.get());
    EXPECT_EQ(connection.ts_recent, 0u);
    reader->complete(connection);
    Prober prober(&scene.gate, "a test");
    const HeardSegment answer = prober.ask({found.local, found.remote}, tcp_flag::ack);
    ASSERT_TRUE(answer.timestamps);
    EXPECT_EQ(connection.ts_recent, answer.timestamps->echo_reply);
    EXPECT_EQ(connection.clock, prober.clock());
  });
}

// Nothing is said of a clock that a system call has read otherwise: one of the two is wrong.
TEST_P(KernelReaderTest, AClockThatDisagreesStays) {
  expect_inside([] {
    PathScene scene(GetParam());
    const FileDescriptor listener = scene.listen();
    const FileDescriptor client = scene.client();
    const FileDescriptor child = accept_socket(listener.get());
    const auto reader = open_reader();
    reader->look();
    TcpConnection connection = captured(child.get());
    connection.clock.offset += 1000;
    const TimestampClock before = connection.clock;
    reader->complete(connection);
    EXPECT_EQ(connection.clock, before);
  });
}

TEST_P(KernelReaderTest, OfAnotherNamespaceNothing) {
  expect_inside([] {
    PathScene scene(GetParam());
    const FileDescriptor listener = scene.listen();
    FileDescriptor client = scene.client();
    accept_socket(listener.get());
    client.reset();
    ASSERT_TRUE(Scene::shows(TcpState::time_wait));
    const TcpDiag found = the_one_in(TcpState::time_wait);
    const auto reader = open_reader();
    {
      const NetworkNamespace::Scope inside(scene.laboratory.inside(netns::End::peer));
      reader->look();
    }
    EXPECT_FALSE(reader->time_wait(found.local, found.remote));
    reader->look();
    EXPECT_TRUE(reader->time_wait(found.local, found.remote));
    EXPECT_FALSE(reader->request(found.local, found.remote));
  });
}

INSTANTIATE_TEST_SUITE_P(Paths, KernelReaderTest, testing::Values(Path::v4, Path::v6, Path::mapped),
                         [](const auto& path) { return to_text(path.param); });

}  // namespace
}  // namespace sockcr
