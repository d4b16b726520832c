#include "engine/tcp/syn_times.h"

#include <gtest/gtest.h>

namespace sockcr {
namespace {

constexpr std::uint32_t now = 1'000'000;

SynTimerReading reading_of(std::uint8_t retransmits, std::uint8_t backoff, std::uint32_t rto_ms,
                           std::int64_t left_ms) {
  SynTimerReading reading;
  reading.info.retransmits = retransmits;
  reading.info.backoff = backoff;
  reading.info.rto_us = rto_ms * 1000;
  reading.left_ms = left_ms;
  reading.begin = reading.end = now;
  return reading;
}

TEST(SynTimes, OfTheOnlySynAreItsOwnAndTheSlackOfJiffies) {
  const SynTimes times = syn_times(reading_of(0, 0, 1000, 900), 1);
  EXPECT_EQ(now - times.first, 100u + 20);
  EXPECT_EQ(now - times.last, 100u - 20);
}

TEST(SynTimes, NobodySendsInTheFuture) {
  EXPECT_EQ(syn_times(reading_of(0, 0, 1000, 1000), 1).last, now);
  EXPECT_EQ(syn_times(reading_of(0, 0, 1000, 1010), 1).last, now);
}

// 1 s passed, up to 1/7 of it late; of 2 s that run now 500 ms.
TEST(SynTimes, BoundHowLateTheWheelWas) {
  const SynTimes times = syn_times(reading_of(1, 1, 2000, 1500), 1);
  EXPECT_EQ(now - times.first, 500u + 1000 + 142 + 20 + 20);
  EXPECT_EQ(now - times.last, 500u - 142 - 20 - 20);
}

// tcp_syn_linear_timeouts: 1 s three times, then 2 s, and now 4 s.
TEST(SynTimes, CountTimeoutsThatWereNotDoubled) {
  const SynTimes times = syn_times(reading_of(4, 2, 4000, 4000), 1);
  EXPECT_EQ(now - times.first, 1000u + 1000 + 1000 + 2000 + 3 * 142 + 285 + 4 * 20 + 20);
  EXPECT_EQ(times.last, now);
}

TEST(SynTimes, TakeEachBoundFromTheCarefulEndOfTheReading) {
  SynTimerReading reading = reading_of(0, 0, 1000, 900);
  reading.end = now + 300;
  const SynTimes times = syn_times(reading, 1);
  EXPECT_EQ(times.first, now - 120);
  EXPECT_EQ(times.last, now + 300 - 80);
}

TEST(SynTimes, AreInTheTicksOfTheClock) {
  const SynTimes times = syn_times(reading_of(0, 0, 1000, 900), 1000);
  EXPECT_EQ(now - times.first, 120'000u);
}

}  // namespace
}  // namespace sockcr
