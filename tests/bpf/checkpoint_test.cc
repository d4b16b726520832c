// A checkpoint that reads by BPF leaves whole what it reads, and needs no tap for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "tests/bpf/paths.h"

namespace sockcr {
namespace {

class BpfCheckpointTest : public PathTest {};

enum class Leave { running, given_up };  // given up although it might have killed

// What is said instead of reading; empty when all was read.
std::string refusal(PathScene& scene, const ChildProcess& program, bool use_bpf,
                    Leave leave = Leave::running) {
  CheckpointRequest request = scene.request(program);
  IptablesGate without_tap({.image_id = 1});
  request.leave_running = leave == Leave::running;
  request.use_bpf = use_bpf;
  request.gate = &without_tap;
  Checkpoint checkpoint(std::move(request));
  checkpoint.freeze();
  try {
    checkpoint.read();
    return "";
  } catch (const Unsupported& refused) {
    return refused.what();
  }
}

TEST_P(BpfCheckpointTest, ARequestIsLeftWaiting) {
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
    const ChildProcess program = start_keeper({listener.get()});
    EXPECT_THAT(refusal(scene, program, false), testing::HasSubstr("without BPF"));
    EXPECT_EQ(refusal(scene, program, true), "");
    EXPECT_EQ(refusal(scene, program, true, Leave::given_up), "");
    EXPECT_EQ(the_one_in(TcpState::syn_recv).state, TcpState::syn_recv);
    scene.gate.open();
    ASSERT_TRUE(Scene::comes_to(client.get(), TcpState::established));
    say(client.get(), "hello");
    EXPECT_EQ(hear(accept_socket(listener.get()).get(), 5), "hello");
  });
}

TEST_P(BpfCheckpointTest, AnOrphanGoesOnDelivering) {
  expect_inside([] {
    PathScene scene(GetParam());
    FileDescriptor listener = scene.listen();
    const FileDescriptor client = scene.client();
    const std::string words = telling_bytes(50'000);
    {
      FileDescriptor child = accept_socket(listener.get());
      set_option(child.get(), option::send_buffer, 1 << 20);
      scene.gate.close();
      say(child.get(), words);
    }
    listener.reset();
    const ChildProcess program = start_keeper({});
    EXPECT_THAT(refusal(scene, program, false), testing::HasSubstr("without BPF"));
    EXPECT_EQ(refusal(scene, program, true), "");
    EXPECT_EQ(refusal(scene, program, true, Leave::given_up), "");
    scene.gate.open();
    EXPECT_TRUE(hear(client.get(), words.size()) == words);
  });
}

INSTANTIATE_TEST_SUITE_P(Paths, BpfCheckpointTest,
                         testing::Values(Path::v4, Path::v6, Path::mapped),
                         [](const auto& path) { return to_text(path.param); });

}  // namespace
}  // namespace sockcr
