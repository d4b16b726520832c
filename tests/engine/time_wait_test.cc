#include "engine/tcp/time_wait.h"

#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <algorithm>
#include <cstring>
#include <optional>

namespace sockcr {
namespace {

TcpDiag orphan(TcpTimer timer, std::uint32_t timer_ms, std::uint32_t ack_ago_ms) {
  tcp_info info{};
  info.tcpi_state = static_cast<std::uint8_t>(TcpState::fin_wait2);
  info.tcpi_last_ack_recv = ack_ago_ms;
  TcpDiag found;
  found.state = TcpState::fin_wait2;
  found.timer = timer;
  found.timer_ms = timer_ms;
  if (timer == TcpTimer::time_wait) return found;  // of such a one nothing else is told
  found.info.resize(sizeof info);
  std::memcpy(found.info.data(), &info, sizeof info);
  return found;
}

TEST(FinWait2, LastsAsLongAsItsTimerShows) {
  EXPECT_EQ(remaining_ms(orphan(TcpTimer::time_wait, 12'340, 0)), 12'340U);
}

// TCP_LINGER2 of 100 s: 40 s and 40 s.
TEST(FinWait2, OfTwoStagesHasTheSecondStillToCome) {
  EXPECT_EQ(remaining_ms(orphan(TcpTimer::keepalive, 40'000, 0)), 80'000U);
  EXPECT_EQ(remaining_ms(orphan(TcpTimer::keepalive, 30'000, 10'000)), 70'000U);
  EXPECT_EQ(remaining_ms(orphan(TcpTimer::keepalive, 1'000, 39'000)), 41'000U);
}

TEST(FinWait2, HasNoSecondStageAboveWhatTheOptionTakes) {
  EXPECT_EQ(remaining_ms(orphan(TcpTimer::keepalive, 60'000, 3'600'000)), 120'000U);
}

std::optional<int> linger_for(std::uint32_t remaining) {
  TcpTimeWait socket;
  socket.state = TcpState::fin_wait2;
  socket.remaining_ms = remaining;
  for (const Action& action : plan_build(socket, {})) {
    if (const auto* linger = std::get_if<action::LingerFor>(&action)) return linger->seconds;
  }
  return std::nullopt;
}

// What the kernel makes of TCP_LINGER2.
int lasts(int linger2) { return linger2 <= 60 ? linger2 : 2 * (linger2 - 60); }

TEST(FinWait2, IsBuiltToLastAsLongAndALittleLonger) {
  for (const std::uint32_t ms : {1U, 999U, 20'000U, 20'001U, 60'000U, 60'001U, 79'990U, 120'000U}) {
    const auto linger = linger_for(ms);
    ASSERT_TRUE(linger);
    EXPECT_GE(static_cast<std::uint32_t>(lasts(*linger)) * 1000, ms);
    EXPECT_LT(static_cast<std::uint32_t>(lasts(*linger)) * 1000, ms + 2000);
    EXPECT_LE(*linger, 120);
  }
}

TEST(FinWait2, LastsTwoMinutesAtTheMost) { EXPECT_EQ(linger_for(3'600'000), 120); }

}  // namespace
}  // namespace sockcr
