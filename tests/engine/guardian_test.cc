// An engine that is killed at any system call leaves either a program that goes on as if nothing
// had happened, or, past the point of no return, a program that is gone and a peer that heard
// nothing of it.
#include "engine/process/guardian.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <memory>

#include "engine/checkpoint.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/info.h"
#include "tests/engine/world.h"

namespace sockcr {
namespace {

using namespace std::chrono_literals;

// What several processes see of a gate that does not block.
struct SharedGate {
  bool* closed = static_cast<bool*>(
      ::mmap(nullptr, sizeof(bool), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  void close() const { *closed = true; }
  void open() const { *closed = false; }
};

// A program that echoes, its peer, a gate, and one more descriptor of the program's socket, which
// makes no difference to a checkpoint and lets the test look.
struct World {
  World() : connection(connect_on_loopback(AF_INET)) {
    set_option(connection.ours.get(), option::reuse_address, 1);
    program =
        std::make_unique<ChildProcess>(start_echo(connection.ours.get(), {connection.peer.get()}));
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // an orphaned guardian becomes a child of ours
  }

  // Reaps it too.
  void await_end_of_guardian() const {
    EXPECT_TRUE(poll_until(5s, [&] {
      const std::vector<pid_t> all = children();
      return std::all_of(all.begin(), all.end(), [&](pid_t child) {
        return child == program->pid() || ::waitpid(child, nullptr, WNOHANG) == child;
      });
    })) << "a guardian is left";
  }

  Connection connection;
  SharedGate gate;
  std::unique_ptr<ChildProcess> program;
};

int checkpoint_of(const World& world, std::size_t readings, bool guarded = true) {
  CheckpointRequest request{.pids = {world.program->pid()}};
  request.use_bpf = false;  // a thousand calls that touch no socket, and each would be a stop
  request.readings.resize(readings);
  request.guarded = guarded;
  request.open_gate = [&] { world.gate.open(); };
  Checkpoint checkpoint(std::move(request));
  world.gate.close();
  checkpoint.freeze();
  checkpoint.read();
  if (readings < capture_readings().size()) ::raise(SIGKILL);
  checkpoint.kill();
  return 0;
}

void expect_untouched(const World& world) {
  const int ours = world.connection.ours.get();
  EXPECT_FALSE(*world.gate.closed);
  EXPECT_EQ(get_option(ours, option::repair), 0);
  EXPECT_EQ(get_option(ours, option::reuse_address), 1);
  EXPECT_FALSE(stands_still(world.program->pid()));
  EXPECT_EQ(exchange(world.connection.peer.get(), world.connection.peer.get(), "and back"),
            "and back");
}

// The program is dead and its socket (in repair mode; the test's descriptor is the last) silent.
void expect_finished(World& world) {
  ASSERT_TRUE(world.program->pidfd().ended_within(5s));
  EXPECT_EQ(world.program->wait().signal, SIGKILL);
  EXPECT_EQ(get_option(world.connection.ours.get(), option::repair), 1);
  world.connection.ours.reset();
  EXPECT_EQ(read_info(world.connection.peer.get()).state, TcpState::established);
}

class KilledAfterReading : public testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

TEST_P(KilledAfterReading, LeavesTheProgramRunning) {
  expect_inside([&] {
    World world;
    ChildProcess engine = ChildProcess::run([&] { return checkpoint_of(world, GetParam()); });
    EXPECT_EQ(engine.wait().signal, SIGKILL);
    world.await_end_of_guardian();
    expect_untouched(world);
  });
}

INSTANTIATE_TEST_SUITE_P(Guardian, KilledAfterReading,
                         testing::Range<std::size_t>(0, capture_readings().size()));

class GuardianTest : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

// Runs `body` in a traced child and kills it at its stop number `last` (each system call has two,
// one before it acts and one after). False when the child came to its end before.
bool killed_at_stop(int last, const std::function<int()>& body) {
  const pid_t engine = ::fork();
  if (engine == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    ::_exit(body());
  }
  int status = 0;
  ::waitpid(engine, &status, 0);
  for (int stop = 0; stop < last && WIFSTOPPED(status); ++stop) {
    ::ptrace(PTRACE_SYSCALL, engine, nullptr, nullptr);
    ::waitpid(engine, &status, 0);
  }
  if (!WIFSTOPPED(status)) return false;
  ::kill(engine, SIGKILL);
  ::waitpid(engine, &status, 0);
  return true;
}

TEST_F(GuardianTest, EngineKilledAtAnySystemCallLeavesAllOrNothing) {
  expect_inside([] {
    int untouched = 0;
    int finished = 0;
    for (int stop = 1;; ++stop) {
      SCOPED_TRACE(stop);
      World world;
      const bool killed =
          killed_at_stop(stop, [&] { return checkpoint_of(world, capture_readings().size()); });
      world.await_end_of_guardian();
      if (*world.gate.closed) {
        expect_finished(world);
        ++finished;
      } else {
        expect_untouched(world);
        ++untouched;
      }
      if (!killed || testing::Test::HasFailure()) break;
    }
    EXPECT_GT(untouched, 100);
    EXPECT_GT(finished, 3);
  });
}

}  // namespace
}  // namespace sockcr
