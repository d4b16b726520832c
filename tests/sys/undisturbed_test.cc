#include "engine/sys/undisturbed.h"

#include <gtest/gtest.h>
#include <sched.h>

namespace sockcr {
namespace {

bool may_choose_a_scheduler() {
  const sched_param least{.sched_priority = 1};
  const sched_param ordinary{.sched_priority = 0};
  if (::sched_setscheduler(0, SCHED_FIFO, &least) != 0) return false;
  ::sched_setscheduler(0, SCHED_OTHER, &ordinary);
  return true;
}

TEST(Undisturbed, LastsAsLongAsItLives) {
  if (!may_choose_a_scheduler()) GTEST_SKIP() << "needs CAP_SYS_NICE";
  {
    const Undisturbed outer;
    EXPECT_EQ(::sched_getscheduler(0), SCHED_FIFO);
    { const Undisturbed inner; }
    EXPECT_EQ(::sched_getscheduler(0), SCHED_FIFO) << "the inner one is not its owner";
  }
  EXPECT_EQ(::sched_getscheduler(0), SCHED_OTHER);
}

}  // namespace
}  // namespace sockcr
