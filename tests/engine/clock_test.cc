#include "engine/tcp/clock.h"

#include <gtest/gtest.h>

#include "engine/sys/socket_option.h"
#include "engine/tcp/repair.h"
#include "tests/engine/world.h"

namespace sockcr {
namespace {

constexpr std::int64_t second = 1'000'000'000;

Circumstance moment(const char* boot, std::int64_t monotonic, std::int64_t realtime) {
  return {.image_id = 0,
          .kernel_release = "",
          .boot_id = boot,
          .monotonic_ns = monotonic * second,
          .realtime_ns = realtime * second};
}

// What the peer would see at that moment.
std::uint32_t value_at(const TimestampClock& clock, const Circumstance& now) {
  const std::int64_t tick = clock.microseconds ? 1'000 : 1'000'000;
  return clock.offset + static_cast<std::uint32_t>(now.monotonic_ns / tick);
}

TEST(Rebased, IsTheSameOnTheSameBoot) {
  const TimestampClock clock{false, 12345};
  EXPECT_EQ(rebased(clock, moment("a", 100, 1000), moment("a", 200, 900)), clock);
}

TEST(Rebased, GoesOnWithTheTimeThatPassed) {
  const Circumstance then = moment("a", 100, 1000);
  const Circumstance now = moment("b", 7, 1030);
  for (const TimestampClock clock : {TimestampClock{false, 0xfffffff0}, TimestampClock{true, 5}}) {
    const std::uint32_t unit = clock.microseconds ? 1'000'000 : 1000;
    EXPECT_EQ(value_at(rebased(clock, then, now), now) - value_at(clock, then), 30 * unit);
  }
}

TEST(Rebased, NeverGoesBackAlthoughTheWallClockDid) {
  const Circumstance then = moment("a", 100, 1000);
  const Circumstance now = moment("b", 500, 400);
  const TimestampClock clock{false, 77};
  EXPECT_EQ(value_at(rebased(clock, then, now), now), value_at(clock, then));
}

// Milliseconds wrap after 49 days, the offset with them.
TEST(Rebased, WrapsWithTheClock) {
  const Circumstance then = moment("a", 50 * 86'400, 1000);
  const Circumstance now = moment("b", 3, 1001);
  const TimestampClock clock{false, 0x80000000};
  EXPECT_EQ(value_at(rebased(clock, then, now), now) - value_at(clock, then), 1000u);
}

class ClockTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

std::int32_t step(const TimestampClock& from, const TimestampClock& to) {
  return static_cast<std::int32_t>(to.offset - from.offset);
}

// Within 2 ticks (1 ms in microseconds), and never lower: the peer would drop what is older.
TEST_P(ClockTest, SurvivesManyRounds) {
  expect_inside([] {
    const Connection connection = connect_on_loopback(AF_INET);
    const int socket = connection.ours.get();
    enter_repair(socket, Reuse::keep);
    TimestampClock clock{GetParam(), 0};
    write_clock(socket, {GetParam(), 0xfffff000});
    clock = read_clock(socket, GetParam());
    for (int round = 0; round < 2000; ++round) {
      write_clock(socket, clock);
      const TimestampClock read = read_clock(socket, clock.microseconds);
      const std::int32_t most = clock.microseconds ? 1000 : 2;
      ASSERT_GE(step(clock, read), 0) << round;
      ASSERT_LE(step(clock, read), most) << round;
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Units, ClockTest, testing::Bool(),
                         [](const auto& unit) { return unit.param ? "usec" : "msec"; });

}  // namespace
}  // namespace sockcr
