#include "engine/sys/poll.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/sys/descriptor.h"

namespace sockcr {
namespace {

using namespace std::chrono_literals;

TEST(PollUntil, AsksAtLeastOnce) {
  int asked = 0;
  EXPECT_TRUE(poll_until(0s, [&] { return ++asked == 1; }));
  EXPECT_FALSE(poll_until(-1s, [&] { return ++asked == 1; }));
  EXPECT_EQ(asked, 2);
}

TEST(PollUntil, StopsAskingOnceItHolds) {
  int asked = 0;
  EXPECT_TRUE(poll_until(5s, [&] { return ++asked == 30; }));
  EXPECT_EQ(asked, 30);
}

TEST(PollUntil, GivesUpAtTheDeadline) {
  const auto start = Clock::now();
  EXPECT_FALSE(poll_until(20ms, [] { return false; }));
  EXPECT_GE(Clock::now() - start, 20ms);
  EXPECT_LT(Clock::now() - start, 2s);
}

TEST(ReadableWithin, KnowsBytesAndTheEndOfFile) {
  Pipe pipe = Pipe::make();
  EXPECT_FALSE(readable_within(pipe.read_end.get(), 0s));
  const auto start = Clock::now();
  EXPECT_FALSE(readable_within(pipe.read_end.get(), 20ms));
  EXPECT_GE(Clock::now() - start, 20ms);
  ASSERT_EQ(::write(pipe.write_end.get(), "!", 1), 1);
  EXPECT_TRUE(readable_within(pipe.read_end.get(), 0s));
  char byte = 0;
  ASSERT_EQ(::read(pipe.read_end.get(), &byte, 1), 1);
  pipe.write_end.reset();
  EXPECT_TRUE(readable_within(pipe.read_end.get(), 0s));
}

}  // namespace
}  // namespace sockcr
