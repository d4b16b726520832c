#include "scenarios/runner/interrupt.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/sys/process.h"

namespace sockcr::runner {
namespace {

int leaves_to_the_runner() {
  leave_to_the_runner();
  sigset_t mask;
  ::sigprocmask(SIG_SETMASK, nullptr, &mask);
  const bool hears_both = ::sigismember(&mask, SIGINT) == 0 && ::sigismember(&mask, SIGTERM) == 0;
  return hears_both && ::getpgrp() == ::getpid() ? 0 : 1;
}

// As a shell starts it, and as it starts what a script runs in the background: SIGINT is ignored.
TEST(Interrupt, LeavesACaseItsSignals) {
  for (const auto of_ctrl_c : {SIG_DFL, SIG_IGN}) {
    const auto before = ::signal(SIGINT, of_ctrl_c);
    const Interrupt held;
    const auto [code, signal] = ChildProcess::run(leaves_to_the_runner).wait();
    EXPECT_EQ(code, 0);
    EXPECT_EQ(signal, 0);
    ::signal(SIGINT, before);
  }
}

}  // namespace
}  // namespace sockcr::runner
