// A checkpoint that has taken sockets to pieces and is given up: they are whole again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "engine/image/diff.h"
#include "engine/sys/error.h"
#include "tests/engine/scene.h"

namespace sockcr {
namespace {

class PiecesTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

Image read_and_give_up(Scene& scene, const ChildProcess& program) {
  scene.gate.close();
  Image image;
  {
    CheckpointRequest request = scene.request(program);
    request.use_bpf = false;  // it takes nothing to pieces but accept queues
    Checkpoint checkpoint(std::move(request));
    checkpoint.freeze();
    image = checkpoint.read();
  }
  scene.gate.open();
  return image;
}

const TcpConnection& orphan_in(const Image& image) {
  return std::get<TcpConnection>(image.sockets.back());
}

std::string refusal_to_leave_running(Scene& scene, const ChildProcess& program) {
  scene.gate.close();
  CheckpointRequest request = scene.request(program);
  request.leave_running = true;
  Checkpoint checkpoint(std::move(request));
  checkpoint.freeze();
  try {
    checkpoint.read();
    return "";
  } catch (const Unsupported& refusal) {
    return refusal.what();
  }
}

// Two that wait in the accept queue, one of them with bytes: after all they are accepted in order.
TEST_P(PiecesTest, AnAcceptQueueIsFilledAgain) {
  expect_inside([] {
    Scene scene(GetParam());
    const FileDescriptor listener = scene.listen();
    const FileDescriptor first = scene.client(), second = scene.client();
    say(first.get(), "first");
    const ChildProcess program = start_keeper({listener.get()});
    EXPECT_THAT(refusal_to_leave_running(scene, program), testing::HasSubstr("accept queue"));
    read_and_give_up(scene, program);
    const FileDescriptor a = accept_socket(listener.get()), b = accept_socket(listener.get());
    EXPECT_EQ(hear(a.get(), 5), "first");
    EXPECT_EQ(exchange(second.get(), b.get(), "second"), "second");
    EXPECT_EQ(exchange(b.get(), second.get(), "and back"), "and back");
  });
}

TEST_P(PiecesTest, ARequestIsARequestAgain) {
  expect_inside([] {
    Scene scene(GetParam());
    const FileDescriptor listener = scene.listen();
    set_option(listener.get(), option::defer_accept, 7);
    const int deferred = get_option(listener.get(), option::defer_accept);
    FileDescriptor client;
    {
      const netns::Fault fault(netns::FaultKind::lost);  // the SYN-ACK
      client = scene.begin_client();
      ASSERT_TRUE(Scene::shows(TcpState::syn_recv));
      scene.gate.close();
    }
    const ChildProcess program = start_keeper({listener.get()});
    read_and_give_up(scene, program);
    EXPECT_EQ(get_option(listener.get(), option::defer_accept), deferred);
    ASSERT_TRUE(Scene::comes_to(client.get(), TcpState::established));
    say(client.get(), "hello");
    EXPECT_EQ(hear(accept_socket(listener.get()).get(), 5), "hello");
  });
}

TEST_P(PiecesTest, AnOrphanDeliversAfterAll) {
  expect_inside([] {
    Scene scene(GetParam());
    FileDescriptor listener = scene.listen();
    const FileDescriptor client = scene.client();
    {
      const netns::Fault fault(netns::FaultKind::lost);
      say(accept_socket(listener.get()).get(), "last words");
      scene.gate.close();
    }
    const ChildProcess program = start_keeper({listener.get()});
    const Image first = read_and_give_up(scene, program);
    const Image second = read_and_give_up(scene, program);
    EXPECT_EQ(orphan_in(second).snd_una, orphan_in(first).snd_una);
    // An older time stamp than the peer has seen, and PAWS drops the bytes.
    EXPECT_THAT(beyond_tolerance(first.sockets.back(), second.sockets.back()), testing::IsEmpty());
    // By its own timer, which starts at 3 s: nobody is left to resume it.
    EXPECT_TRUE(poll_until(std::chrono::seconds(10),
                           [&] { return queued_bytes(client.get(), SIOCINQ, "SIOCINQ") == 10; }));
    EXPECT_EQ(hear(client.get(), 10), "last words");
  });
}

INSTANTIATE_TEST_SUITE_P(Families, PiecesTest, testing::Values(AF_INET, AF_INET6),
                         [](const auto& f) { return f.param == AF_INET ? "v4" : "v6"; });

}  // namespace
}  // namespace sockcr
