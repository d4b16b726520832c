#include "engine/tcp/clock.h"

#include <gtest/gtest.h>
#include <time.h>
#include <algorithm>

#include "engine/sys/socket_option.h"
#include "engine/tcp/info.h"
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
    const std::uint32_t ahead = value_at(rebased(clock, then, now), now) - value_at(clock, then);
    EXPECT_GE(ahead, 30 * unit);
    EXPECT_LE(ahead, 30 * unit + unit / 10'000) << "more than the clocks are read apart";
  }
}

TEST(Rebased, NeverGoesBackAlthoughTheWallClockDid) {
  const Circumstance then = moment("a", 100, 1000);
  const Circumstance now = moment("b", 500, 400);
  const TimestampClock clock{false, 77};
  EXPECT_EQ(value_at(rebased(clock, then, now), now), value_at(clock, then));
}

TEST(Rebased, DoesNotBelieveInALeapThatLooksLikeOneBackwards) {
  const Circumstance then = moment("a", 100, 1000), now = moment("b", 7, 1000 + 40 * 86'400);
  for (const TimestampClock clock : {TimestampClock{false, 77}, TimestampClock{true, 77}}) {
    const std::uint32_t ahead = value_at(rebased(clock, then, now), now) - value_at(clock, then);
    EXPECT_GT(ahead, 0u);
    EXPECT_LT(ahead, 1u << 31);
  }
}

// Milliseconds wrap after 49 days, the offset with them.
TEST(Rebased, WrapsWithTheClock) {
  const Circumstance then = moment("a", 50 * 86'400, 1000);
  const Circumstance now = moment("b", 3, 1001);
  const TimestampClock clock{false, 0x80000000};
  EXPECT_EQ(value_at(rebased(clock, then, now), now) - value_at(clock, then), 1000u);
}

std::int64_t nanoseconds_now() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return std::int64_t{t.tv_sec} * second + t.tv_nsec;
}

// The offset that segments really carry, in milliseconds: TCP_TIMESTAMP hides the lowest bit, so
// every other tick tells it exactly and the ticks between tell one less.
std::uint32_t true_offset(int socket) {
  const std::uint32_t start = monotonic_ticks(false);
  std::vector<std::uint32_t> offsets;
  while (monotonic_ticks(false) - start < 3) {
    const std::uint32_t before = monotonic_ticks(false);
    const std::uint32_t value = get_option(socket, option::timestamp);
    if (monotonic_ticks(false) == before) offsets.push_back(value - before);
  }
  return *std::max_element(offsets.begin(), offsets.end(),
                           [](std::uint32_t a, std::uint32_t b) { return before(a, b); });
}

// In microseconds. The kernel's clock is read after `now`, so each difference is the true offset or
// more, and the least of some is nearly true even when this process is interrupted.
std::uint32_t least_offset(int socket) {
  std::uint32_t least = 0;
  for (int sample = 0; sample < 5; ++sample) {
    const std::uint32_t now = monotonic_ticks(true);
    const std::uint32_t offset = get_option(socket, option::timestamp) - now;
    least = sample == 0 ? offset : earlier(least, offset);
  }
  return least;
}

// A clock that is written when the tick is about to change is most easily written too low.
void await_end_of_tick() {
  while (nanoseconds_now() % 1'000'000 < 999'500) continue;
}

class ClockTest : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

TEST_F(ClockTest, MillisecondsAreNeverLowerAndAtMostTwoTicksHigher) {
  expect_inside([] {
    const Connection connection = connect_on_loopback(AF_INET);
    const int socket = connection.ours.get();
    enter_repair(socket, Reuse::keep);
    for (std::uint32_t round = 0; round < 60; ++round) {
      const TimestampClock clock{false, 0xffffffe0 + round};  // either parity, across the wrap
      await_end_of_tick();
      write_clock(socket, clock);
      const std::uint32_t reached = true_offset(socket);
      ASSERT_LE(reached - clock.offset, 2u) << round;
      ASSERT_LE(read_clock(socket, false).offset - reached, 2u) << round;
    }
  });
}

TEST_F(ClockTest, MicrosecondsAreNeverLowerAndAtMostAMillisecondHigher) {
  expect_inside([] {
    const Connection connection = connect_on_loopback(AF_INET);
    const int socket = connection.ours.get();
    enter_repair(socket, Reuse::keep);
    write_clock(socket, {true, 0});
    if (!read_info(socket).microsecond_timestamps) return;  // older than Linux 6.7
    for (std::uint32_t round = 0; round < 2000; ++round) {
      const TimestampClock clock{true, 0xfffffc00 + round};
      write_clock(socket, clock);
      ASSERT_LE(least_offset(socket) - clock.offset, 1000u) << round;
      ASSERT_LE(read_clock(socket, true).offset - clock.offset, 1000u) << round;
    }
  });
}

// Each cut may add its two ticks; it never takes any away.
TEST_F(ClockTest, NeverGoesBackOverManyCuts) {
  expect_inside([] {
    const Connection connection = connect_on_loopback(AF_INET);
    const int socket = connection.ours.get();
    enter_repair(socket, Reuse::keep);
    std::uint32_t last = get_option(socket, option::timestamp);
    for (int round = 0; round < 2000; ++round) {
      write_clock(socket, read_clock(socket, false));
      const std::uint32_t value = get_option(socket, option::timestamp);
      ASSERT_FALSE(before(value, last)) << round;
      last = value;
    }
  });
}

}  // namespace
}  // namespace sockcr
