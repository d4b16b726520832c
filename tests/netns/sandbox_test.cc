#include "netns/sandbox.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/process.h"
#include "engine/sys/setns.h"
#include "engine/sys/socket.h"
#include "tests/netns/world.h"

namespace sockcr::netns {
namespace {

using namespace std::chrono_literals;

std::string own(const char* kind) {
  return std::filesystem::read_symlink(std::string("/proc/self/ns/") + kind).string();
}

void check_furniture(const std::string& outer_network) {
  EXPECT_EQ(::getpid(), 1);
  EXPECT_EQ(::geteuid(), 0U);
  EXPECT_EQ(std::filesystem::read_symlink("/proc/self"), "1");
  EXPECT_NE(own("net"), outer_network);
  EXPECT_TRUE(std::filesystem::is_empty("/run"));
  const FileDescriptor lock(::open("/run/xtables.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  EXPECT_TRUE(lock) << "/run is not writable";
}

TEST(Sandbox, IsAWorldOfItsOwnForRoot) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([network = own("net")] { check_furniture(network); });
}

TEST(Sandbox, IsAWorldOfItsOwnForNobody) {
  SKIP_WITHOUT_SANDBOX();
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become nobody";
  expect_inside_as_nobody([network = own("net")] { check_furniture(network); });
}

dev_t device_of(const char* path) {
  struct stat status {};
  return ::stat(path, &status) == 0 ? status.st_dev : 0;
}

TEST(Sandbox, LeavesTheMountsOutsideAlone) {
  SKIP_WITHOUT_SANDBOX();
  const dev_t temporary = device_of("/tmp");
  const dev_t processes = device_of("/proc");
  expect_inside([&] {
    EXPECT_EQ(::mount("tmpfs", "/tmp", "tmpfs", 0, nullptr), 0) << std::strerror(errno);
    EXPECT_NE(device_of("/tmp"), temporary);
    EXPECT_NE(device_of("/proc"), processes);
  });
  EXPECT_EQ(device_of("/tmp"), temporary);
  EXPECT_EQ(device_of("/proc"), processes);
}

TEST(Sandbox, ReturnsWhatItsBodyReturns) {
  SKIP_WITHOUT_SANDBOX();
  EXPECT_EQ(run_in_sandbox([] { return 42; }), 42);
  EXPECT_EQ(run_in_sandbox([]() -> int { throw std::runtime_error("as intended"); }), 125);
}

TEST(Sandbox, TellsWhichSignalEndedIt) {
  SKIP_WITHOUT_SANDBOX();
  // A fault of its own is not ignored even by PID 1.
  EXPECT_EQ(run_in_sandbox([]() -> int { __builtin_trap(); }), 128 + SIGILL);
}

TEST(Sandbox, IgnoresWhatItHasNoHandlerFor) {
  SKIP_WITHOUT_SANDBOX();
  EXPECT_EQ(run_in_sandbox([] {
              ::kill(::getpid(), SIGINT);
              return 7;
            }),
            7);
}

TEST(Sandbox, RunsThreadsOfItsChildren) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    ChildProcess child = ChildProcess::run([] { return ::getppid() == 1 ? 0 : 1; });
    EXPECT_EQ(child.wait().code, 0);
  });
}

// A sandbox with a process and a second namespace in it, whose creator is killed: the pipe that
// they all hold reaches its end only when the last of them is gone.
TEST(Sandbox, VanishesWithItsCreator) {
  SKIP_WITHOUT_SANDBOX();
  Pipe alive = Pipe::make();
  ChildProcess creator = ChildProcess::run([&] {
    return run_in_sandbox([&] {
      const NetworkNamespace second = NetworkNamespace::create();
      const ChildProcess inner = ChildProcess::run([] { return ::pause(); });
      if (::write(alive.write_end.get(), "x", 1) != 1) return 1;
      return ::pause();
    });
  });
  alive.write_end.reset();
  ASSERT_TRUE(readable_within(alive.read_end.get(), 2s));
  char byte = 0;
  ASSERT_EQ(::read(alive.read_end.get(), &byte, 1), 1);
  creator.kill();
  ASSERT_TRUE(readable_within(alive.read_end.get(), 2s)) << "something survived";
  EXPECT_EQ(::read(alive.read_end.get(), &byte, 1), 0);
}

// In a user namespace of its own, so that the limit binds nobody else.
TEST(Sandbox, SaysWhyItCannotBe) {
  SKIP_WITHOUT_SANDBOX();
  ChildProcess limited = ChildProcess::run(
      [] {
        const FileDescriptor limit(
            ::open("/proc/sys/user/max_net_namespaces", O_WRONLY | O_CLOEXEC));
        if (::write(limit.get(), "0", 1) != 1) return 2;
        try {
          run_in_sandbox([] { return 0; });
        } catch (const SystemError& error) {
          EXPECT_THAT(error.what(), testing::HasSubstr("clone3"));
          EXPECT_THAT(error.what(), testing::HasSubstr("raise user.max_user_namespaces"));
          return ::testing::Test::HasFailure() ? 1 : 0;
        }
        return 3;
      },
      CLONE_NEWUSER);
  EXPECT_EQ(limited.wait().code, 0);
}

}  // namespace
}  // namespace sockcr::netns
