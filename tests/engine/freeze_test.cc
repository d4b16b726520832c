#include "engine/process/freeze.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <csignal>
#include <thread>

#include "engine/sys/poll.h"
#include "engine/sys/process.h"

namespace sockcr {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t thread_count = 4;
using Counters = std::array<std::atomic<std::uint64_t>, thread_count>;

// Every thread counts, where this process can see it, and lets the others run.
class Counting {
 public:
  Counting() : counters_(new (shared_memory()) Counters{}) {
    child_ = std::make_unique<ChildProcess>(ChildProcess::run([this] {
      std::array<std::thread, thread_count> threads;
      for (std::size_t i = 0; i < thread_count; ++i) {
        threads[i] = std::thread([this, i] {
          for (;;) {
            ++(*counters_)[i];
            std::this_thread::yield();
          }
        });
      }
      for (std::thread& thread : threads) thread.join();
      return 0;
    }));
    EXPECT_TRUE(poll_until(5s, [&] { return all_have_moved({}); }));
  }

  pid_t pid() const { return child_->pid(); }
  const ChildProcess& child() const { return *child_; }

  using Values = std::array<std::uint64_t, thread_count>;
  Values values() const {
    Values values{};
    std::copy(counters_->begin(), counters_->end(), values.begin());
    return values;
  }
  bool all_have_moved(const Values& since) const {
    const Values now = values();
    for (std::size_t i = 0; i < thread_count; ++i) {
      if (now[i] == since[i]) return false;
    }
    return true;
  }

 private:
  static void* shared_memory() {
    return ::mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                  0);
  }

  Counters* counters_;
  std::unique_ptr<ChildProcess> child_;
};

TEST(Frozen, StopsEveryThreadAndLetsThemGoOn) {
  const Counting program;
  Counting::Values at_rest{};
  {
    const Frozen frozen(program.pid());
    EXPECT_FALSE(frozen.was_stopped_before());
    EXPECT_TRUE(stands_still(program.pid()));
    at_rest = program.values();
    EXPECT_FALSE(poll_until(20ms, [&] { return program.values() != at_rest; }));
  }
  EXPECT_TRUE(poll_until(5s, [&] { return program.all_have_moved(at_rest); }));
}

TEST(Frozen, StaysStoppedWhenItWasBefore) {
  const Counting program;
  program.child().pidfd().send(SIGSTOP);
  ASSERT_TRUE(poll_until(5s, [&] { return stands_still(program.pid()); }));
  {
    const Frozen frozen(program.pid());
    EXPECT_TRUE(frozen.was_stopped_before());
  }
  EXPECT_FALSE(poll_until(20ms, [&] { return !stands_still(program.pid()); }));
}

TEST(Frozen, KillsAndWaits) {
  for (int round = 0; round < 20; ++round) {
    const Counting program;
    Frozen frozen(program.pid());
    frozen.kill();
    EXPECT_TRUE(program.child().pidfd().ended_within(0s));
  }
}

}  // namespace
}  // namespace sockcr
