// A checkpoint that fails, or is not followed by a kill, leaves nothing of itself.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "engine/checkpoint.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "tests/engine/world.h"

namespace sockcr {
namespace {

class UndoTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

void expect_running(const Connection& connection, const ChildProcess& program, int reuse) {
  EXPECT_EQ(get_option(connection.ours.get(), option::repair), 0);
  EXPECT_EQ(get_option(connection.ours.get(), option::reuse_address), reuse);
  EXPECT_FALSE(stands_still(program.pid()));
  EXPECT_EQ(exchange(connection.peer.get(), connection.peer.get(), "still here"), "still here");
  EXPECT_EQ(children().size(), 1u) << "a guardian is left";
}

TEST_P(UndoTest, WithoutKill) {
  expect_inside([] {
    for (const int reuse : {0, 1}) {
      const Connection connection = connect_on_loopback(AF_INET);
      set_option(connection.ours.get(), option::reuse_address, reuse);
      const ChildProcess program = start_echo(connection.ours.get(), {connection.peer.get()});
      {
        Checkpoint checkpoint({.pids = {program.pid()}, .guarded = GetParam()});
        checkpoint.freeze();
        EXPECT_EQ(checkpoint.read().sockets.size(), 1u);
        EXPECT_EQ(get_option(connection.ours.get(), option::repair), 1);
        EXPECT_TRUE(stands_still(program.pid()));
      }
      expect_running(connection, program, reuse);
    }
  });
}

// A child that waits to be accepted cannot be left running, and the connection is in repair mode
// already.
TEST_P(UndoTest, AfterAFailure) {
  expect_inside([] {
    const Connection connection = connect_on_loopback(AF_INET);
    const FileDescriptor listener = listen_on_loopback(AF_INET);
    const FileDescriptor waiting = make_socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    const sockaddr_storage address = local_address(listener.get());
    connect_socket(waiting.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    const ChildProcess program = start_echo(connection.ours.get(), {connection.peer.get()});
    {
      Checkpoint checkpoint(
          {.pids = {program.pid()}, .leave_running = true, .guarded = GetParam()});
      checkpoint.freeze();
      EXPECT_THROW(checkpoint.read(), Unsupported);
      EXPECT_EQ(get_option(connection.ours.get(), option::repair), 1);
    }
    expect_running(connection, program, 0);
  });
}

INSTANTIATE_TEST_SUITE_P(Guards, UndoTest, testing::Bool(),
                         [](const auto& g) { return g.param ? "guarded" : "alone"; });

}  // namespace
}  // namespace sockcr
