#include "netns/netem.h"

#include <gtest/gtest.h>

#include "netns/laboratory.h"
#include "tests/netns/world.h"

namespace sockcr::netns {
namespace {

using namespace std::chrono_literals;

TEST(Netem, IsWrittenAsTcWritesIt) {
  EXPECT_EQ(to_text(netem_for(NetemKind::late)), "delay 3000us");
  EXPECT_EQ(to_text(netem_for(NetemKind::lossy)), "loss 20%");
  EXPECT_EQ(to_text(netem_for(NetemKind::twice)), "duplicate 100%");
  EXPECT_EQ(to_text(Netem{.delay = 3ms, .loss = 1U << 31}), "delay 3000us loss 50%");
}

// A share is of 2^32, and a queue without a limit is one of no packet.
TEST(Netem, CountsAsTheQdiscDoes) {
  EXPECT_EQ(netem_for(NetemKind::lossy).loss, 0xFFFFFFFFU / 5);
  EXPECT_EQ(netem_for(NetemKind::twice).duplicate, 0xFFFFFFFFU);
  EXPECT_EQ(netem_for(NetemKind::late).delay, 3ms);
  for (const NetemKind kind : {NetemKind::late, NetemKind::lossy, NetemKind::twice}) {
    EXPECT_GE(netem_for(kind).limit, 1000U);
  }
}

void check_delay() {
  const Laboratory laboratory;
  const Netem netem{.delay = 20ms};
  auto device =
      NetemDevice::make(laboratory.inside(End::peer), Laboratory::device(End::peer), netem);
  if (!device) return;  // this kernel has none
  const Connection slow = connect_over(laboratory, AF_INET, End::ours);
  EXPECT_GE(information(slow.ours.get()).tcpi_rtt, 20'000U) << "in microseconds";
  device.reset();
  const Connection quick = connect_over(laboratory, AF_INET, End::ours);
  EXPECT_LT(information(quick.ours.get()).tcpi_rtt, 20'000U);
}

TEST(Netem, DelaysWhatADeviceSendsUntilItIsGone) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside(check_delay);
}

}  // namespace
}  // namespace sockcr::netns
