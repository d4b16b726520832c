#include "engine/tcp/agreement.h"

#include <gtest/gtest.h>

namespace sockcr {
namespace {

HeardSegment answer_of(Sequence seq, Sequence acked, std::uint32_t value) {
  HeardSegment heard;
  heard.seq = seq;
  heard.ack = acked;
  heard.timestamps = Segment::Timestamps{value, 0};
  return heard;
}

TEST(Agreement, IsNotOfOneAnswer) {
  Agreement agreement;
  agreement.add(answer_of(1000, 2000, 77), 70, 0);
  EXPECT_FALSE(agreement.answer());
  EXPECT_FALSE(agreement.is_exact());
}

TEST(Agreement, IsNotOfATimerThatSpeaksInBetween) {
  Agreement agreement;
  agreement.add(answer_of(1000, 2000, 77), 70, 0);
  agreement.add(answer_of(999, 2000, 78), 71, 0);
  agreement.add(answer_of(1000, 2000, 79), 72, 0);
  EXPECT_FALSE(agreement.answer());
  agreement.add(answer_of(1000, 2000, 80), 73, 0);
  ASSERT_TRUE(agreement.answer());
  EXPECT_EQ(agreement.answer()->seq, 1000u);
}

TEST(Agreement, IsExactWhereAnAnswerCameAtOnce) {
  Agreement agreement;
  agreement.add(answer_of(1000, 2000, 77), 70, 0);
  agreement.add(answer_of(1000, 2000, 78), 71, 0);
  EXPECT_TRUE(agreement.is_exact());
  EXPECT_EQ(agreement.clock(), (TimestampClock{false, 7}));
}

// The socket's clock is 7 ahead of ours, and it is read at the end of what each question takes.
TEST(Agreement, TakesTheQuickestOfASlowMachine) {
  Agreement agreement;
  std::uint32_t now = 70;
  for (const std::uint32_t took : {9u, 5u, 2u, 4u}) {
    agreement.add(answer_of(1000, 2000, now + took + 7), now, took);
    EXPECT_FALSE(agreement.is_exact());
    now += took;
  }
  EXPECT_TRUE(agreement.answer());
  EXPECT_EQ(agreement.clock(), (TimestampClock{false, 9}));
}

TEST(Agreement, HasNoClockToWaitForWithoutTimestamps) {
  Agreement agreement;
  HeardSegment plain = answer_of(1000, 2000, 0);
  plain.timestamps.reset();
  agreement.add(plain, 70, 9);
  agreement.add(plain, 80, 9);
  EXPECT_TRUE(agreement.answer());
  EXPECT_TRUE(agreement.is_exact());
}

}  // namespace
}  // namespace sockcr
