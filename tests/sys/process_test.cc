#include "engine/sys/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <memory>
#include <stdexcept>

#include "engine/sys/error.h"

namespace sockcr {
namespace {

using namespace std::chrono_literals;

TEST(ChildProcess, EndsWithWhatItsBodyReturns) {
  ChildProcess child = ChildProcess::run([] { return 7; });
  const ChildProcess::Exit exit = child.wait();
  EXPECT_EQ(exit.code, 7);
  EXPECT_EQ(exit.signal, 0);
  EXPECT_TRUE(child.ended());
}

TEST(ChildProcess, CannotJudgeAfterAnException) {
  ChildProcess child = ChildProcess::run([]() -> int { throw std::runtime_error("on purpose"); });
  EXPECT_EQ(child.wait().code, 125);
}

TEST(ChildProcess, IsKilledWithItsOwner) {
  std::unique_ptr<PidFd> pidfd;
  {
    const ChildProcess child = ChildProcess::run([] { return ::pause(); });
    pidfd = std::make_unique<PidFd>(child.pidfd().duplicate());
    EXPECT_FALSE(pidfd->ended_within(0s));
  }
  EXPECT_TRUE(pidfd->ended_within(0s));
  EXPECT_FALSE(pidfd->send(SIGTERM)) << "it is reaped too";
}

TEST(ChildProcess, IsReplacedByMoveAssignment) {
  ChildProcess child = ChildProcess::run([] { return ::pause(); });
  const PidFd first = child.pidfd().duplicate();
  child = ChildProcess::run([] { return 3; });
  EXPECT_TRUE(first.ended_within(0s));
  EXPECT_EQ(child.wait().code, 3);
}

TEST(ChildProcess, TellsTheSignalThatEndedIt) {
  ChildProcess child = ChildProcess::run([] { return ::pause(); });
  child.pidfd().send(SIGTERM);
  EXPECT_EQ(child.wait().signal, SIGTERM);
}

// A grandchild tells its end by the end of file of a pipe that it holds, for it is not ours to
// wait for.
struct Bonded {
  ChildProcess::Bond bond;
  bool survives;
};

class BondTest : public testing::TestWithParam<Bonded> {};

TEST_P(BondTest, DecidesWhetherItSurvivesItsParent) {
  Pipe life = Pipe::make();
  Pipe born = Pipe::make();
  ChildProcess parent = ChildProcess::run([&] {
    const ChildProcess child = ChildProcess::run(
        [&] {
          born.write_end.reset();
          return ::pause();
        },
        0, GetParam().bond);
    const pid_t pid = child.pid();
    if (::write(born.write_end.get(), &pid, sizeof pid) != sizeof pid) return 1;
    ::raise(SIGKILL);
    return 0;
  });
  pid_t child = 0;
  ASSERT_EQ(::read(born.read_end.get(), &child, sizeof child), ssize_t{sizeof child});
  parent.wait();
  life.write_end.reset();
  EXPECT_EQ(readable_within(life.read_end.get(), GetParam().survives ? 50ms : 5s),
            !GetParam().survives);
  if (GetParam().survives) ::kill(child, SIGKILL);
}

INSTANTIATE_TEST_SUITE_P(Bonds, BondTest,
                         testing::Values(Bonded{ChildProcess::Bond::with_parent, false},
                                         Bonded{ChildProcess::Bond::loose, true}),
                         [](const auto& each) { return each.param.survives ? "loose" : "bound"; });

TEST(PidFd, TakesADescriptorOfAnotherProcess) {
  const Pipe pipe = Pipe::make();
  const ChildProcess child = ChildProcess::run([] { return ::pause(); });
  const FileDescriptor taken = child.pidfd().take(pipe.write_end.get());
  EXPECT_NE(taken.get(), pipe.write_end.get());
  EXPECT_EQ(::fcntl(taken.get(), F_GETFD), FD_CLOEXEC);
  ASSERT_EQ(::write(taken.get(), "!", 1), 1);
  EXPECT_TRUE(readable_within(pipe.read_end.get(), 0s));
  EXPECT_THROW(child.pidfd().take(9999), SystemError);
}

}  // namespace
}  // namespace sockcr
