#include "scenarios/runner/calibration.h"

#include <gtest/gtest.h>

namespace sockcr::runner {
namespace {

constexpr Pace reference{10, 50};

TEST(SlowFactor, IsOneForWhatIsNoSlowMachine) {
  EXPECT_EQ(slow_factor_of({1, 1}, reference), 1);
  EXPECT_EQ(slow_factor_of({10, 50}, reference), 1);
  EXPECT_EQ(slow_factor_of({40, 200}, reference), 1);
}

TEST(SlowFactor, IsTheWorseOfBothInHalves) {
  EXPECT_EQ(slow_factor_of({41, 50}, reference), 1.5);
  EXPECT_EQ(slow_factor_of({10, 2000}, reference), 10);
  EXPECT_EQ(slow_factor_of({170, 1100}, reference), 5.5);
}

TEST(SlowFactor, HasAnEnd) { EXPECT_EQ(slow_factor_of({1e9, 1}, reference), 100); }

TEST(Pace, IsMeasured) {
  const Pace pace = measure_pace();
  EXPECT_GT(pace.work_ms, 0.01);
  EXPECT_GT(pace.round_us, 0.1);
}

}  // namespace
}  // namespace sockcr::runner
