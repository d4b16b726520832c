// What a second checkpoint may read differently, and no more than that.
#include "engine/image/tolerance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "engine/image/diff.h"
#include "tests/image/change.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> names(const std::vector<Difference>& found) {
  std::vector<std::string> list;
  list.reserve(found.size());
  for (const Difference& one : found) list.push_back(one.name);
  return list;
}

// Each field changed a little, upward where it is a number.
std::set<std::string_view> tolerated_fields(all_kinds::Place place) {
  const Socket a = all_kinds_image().sockets[place];
  std::set<std::string_view> tolerated;
  for (const Attribute attribute : fields_of(a)) {
    const auto b = with_changed(a, attribute);
    if (b && beyond_tolerance(a, *b).empty()) tolerated.insert(rule_of(attribute).name);
  }
  return tolerated;
}

using Names = std::set<std::string_view>;

TEST(Tolerance, CoversWhatItDeclaresAndNothingElse) {
  const Names window{"window.snd_wl1", "window.rcv_wnd", "window.rcv_wup", "clock.offset",
                     "send_urgent_unknown"};
  EXPECT_EQ(tolerated_fields(all_kinds::established), window);
  EXPECT_EQ(tolerated_fields(all_kinds::reset), window);
  Names child = window;
  child.insert("window.max_window");
  EXPECT_EQ(tolerated_fields(all_kinds::child), child);
  Names orphan = child;
  orphan.insert({"window.extension", "mss_clamp"});
  EXPECT_EQ(tolerated_fields(all_kinds::orphan), orphan);
  EXPECT_EQ(tolerated_fields(all_kinds::listener), Names{});
  EXPECT_EQ(tolerated_fields(all_kinds::unconnected), Names{});
  EXPECT_EQ(tolerated_fields(all_kinds::request), Names{"clock.offset"});
  EXPECT_EQ(tolerated_fields(all_kinds::syn_sent),
            (Names{"clock.offset", "first_syn", "last_syn"}));
  EXPECT_EQ(tolerated_fields(all_kinds::time_wait),
            (Names{"clock.offset", "remaining_ms", "window"}));
  EXPECT_EQ(tolerated_fields(all_kinds::udp), (Names{"errors_lost", "in_kernel_order"}));
  EXPECT_EQ(tolerated_fields(all_kinds::udp_lite), Names{"in_kernel_order"});
  EXPECT_EQ(tolerated_fields(all_kinds::raw_v6), (Names{"errors_lost", "in_kernel_order"}));
}

bool clock_is_tolerated(bool microseconds, std::uint32_t moved) {
  TcpConnection a = sample_connection();
  a.clock.microseconds = microseconds;
  TcpConnection b = a;
  b.clock.offset += moved;
  return beyond_tolerance(a, b).empty();
}

TEST(Tolerance, OfTheWindowKeepsItsRightEdge) {
  const TcpConnection a = sample_connection();
  TcpConnection b = a;
  b.window.rcv_wup += 1;
  b.window.rcv_wnd -= 1;
  EXPECT_TRUE(beyond_tolerance(a, b).empty());
  b.window.rcv_wnd -= 1;
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("window.rcv_wnd"));
  b = a;
  b.window.rcv_wnd += 128;
  EXPECT_TRUE(beyond_tolerance(a, b).empty());
  b.window.rcv_wnd = a.window.rcv_wnd - 1;
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("window.rcv_wnd"));
}

TEST(Tolerance, OfTheClockIsTwoTicksUpwardAndNeverDownward) {
  EXPECT_TRUE(clock_is_tolerated(false, 2));  // past the end of 32 bits
  EXPECT_FALSE(clock_is_tolerated(false, 3));
  EXPECT_FALSE(clock_is_tolerated(false, 0u - 1));
  EXPECT_TRUE(clock_is_tolerated(true, 1000));
  EXPECT_FALSE(clock_is_tolerated(true, 1001));
  EXPECT_FALSE(clock_is_tolerated(true, 0u - 1));
}

TEST(Tolerance, DoesNotCoverAChangeOfTheClocksUnit) {
  TcpConnection b = sample_connection();
  b.clock.microseconds = true;
  b.clock.offset += 1;
  EXPECT_THAT(names(beyond_tolerance(sample_connection(), b)),
              ElementsAre("clock.microseconds", "clock.offset"));
}

template <class Kind>
Kind sample(all_kinds::Place place) {
  return std::get<Kind>(all_kinds_image().sockets[place]);
}

// The right edge of a child's window may move to the left, that of others may not.
TEST(Tolerance, OfAChildsWindowIsWide) {
  const auto a = sample<TcpConnection>(all_kinds::child);
  TcpConnection b = a;
  b.window = {.snd_wl1 = 1,
              .snd_wnd = a.window.snd_wnd,
              .max_window = a.window.snd_wnd,
              .rcv_wnd = 1,
              .rcv_wup = 2,
              .extension = a.window.extension};
  EXPECT_THAT(beyond_tolerance(a, b), IsEmpty());
  --b.window.snd_wnd;
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("window.snd_wnd"));
  b = a;
  b.options.clear();
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("option[6:1]", "option[1:9]"));
}

TEST(Tolerance, OfAChildsOptionsIsOfTheWindowClampAlone) {
  auto a = sample<TcpConnection>(all_kinds::child);
  a.options.push_back({.level = 6, .number = 10, .value = {0, 0, 1, 0}});  // TCP_WINDOW_CLAMP
  TcpConnection b = a;
  b.options.back().value[2] = 2;
  EXPECT_THAT(beyond_tolerance(a, b), IsEmpty());
  a.owner = b.owner = Owner::program;
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("option[6:10]"));
}

TEST(Tolerance, OfAChildsClockIsTwoTicksBothWays) {
  const auto a = sample<TcpConnection>(all_kinds::child);
  for (const std::uint32_t moved : {2u, 0u - 2}) {
    TcpConnection b = a;
    b.clock.offset += moved;
    EXPECT_THAT(beyond_tolerance(a, b), IsEmpty());
    b.clock.offset += moved;
    EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("clock.offset"));
  }
}

TEST(Tolerance, OfAWindowIsOfTimeWaitAndNotOfFinWait2) {
  auto a = sample<TcpTimeWait>(all_kinds::time_wait);
  TcpTimeWait b = a;
  b.window += 1024;
  EXPECT_THAT(beyond_tolerance(a, b), IsEmpty());
  a.state = b.state = TcpState::fin_wait2;
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("window"));
}

TEST(Tolerance, OfAnOrphanCoversItsOptions) {
  auto a = sample<TcpConnection>(all_kinds::orphan);
  TcpConnection b = a;
  a.options = sample_connection().options;
  EXPECT_THAT(beyond_tolerance(a, b), IsEmpty());
  b.options = {{.level = 6, .number = 1, .value = {0, 0, 0, 0}}};
  EXPECT_THAT(beyond_tolerance(a, b), IsEmpty());
  --b.window.snd_wnd;
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("window.snd_wnd"));
}

TEST(Tolerance, OfThePeersTimeStampIsOfNotReadingIt) {
  TcpConnection a = sample_connection(), b = a;
  a.ts_recent = 5;
  EXPECT_THAT(beyond_tolerance(a, b), IsEmpty());
  EXPECT_THAT(names(beyond_tolerance(b, a)), ElementsAre("ts_recent"));
  b.ts_recent = 6;
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("ts_recent"));
}

// Known and another is a difference; what one of them does not know is none.
TEST(Tolerance, OfTheUrgentByteOfTheSendQueueIsOfNotKnowingIt) {
  TcpConnection a = sample_connection(), b = a;
  a.send_urgent = 5;
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("send_urgent"));
  EXPECT_THAT(names(beyond_tolerance(b, a)), ElementsAre("send_urgent"));
  b.send_urgent_unknown = true;
  EXPECT_THAT(beyond_tolerance(a, b), IsEmpty());
  EXPECT_THAT(beyond_tolerance(b, a), IsEmpty());
}

TEST(Tolerance, OfTheUrgentByteOfTheReceiveQueueIsNone) {
  TcpConnection a = sample_connection(), b = a;
  a.receive_urgent = b.receive_urgent = 5;
  b.urgent_taken = true;
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("urgent_taken"));
  b.receive_urgent = 4;
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("receive_urgent", "urgent_taken"));
}

// `retried`: for so long, in milliseconds, SYNs were repeated before.
bool syn_is_tolerated(bool microseconds, std::uint32_t moved, std::uint32_t retried = 0) {
  auto a = sample<TcpSynSent>(all_kinds::syn_sent);
  a.clock.microseconds = microseconds;
  a.last_syn = a.first_syn + retried;
  TcpSynSent b = a;
  b.first_syn += moved;
  b.last_syn += moved;
  return beyond_tolerance(a, b).empty();
}

TEST(Tolerance, OfASynIsSixtyMillisecondsBothWays) {
  EXPECT_TRUE(syn_is_tolerated(false, 60));
  EXPECT_TRUE(syn_is_tolerated(false, 0u - 60));
  EXPECT_FALSE(syn_is_tolerated(false, 61));
  EXPECT_FALSE(syn_is_tolerated(false, 0u - 61));
  EXPECT_TRUE(syn_is_tolerated(true, 60'000));
  EXPECT_FALSE(syn_is_tolerated(true, 60'001));
}

// Where SYNs were repeated for 7 s, 1 s of it.
TEST(Tolerance, OfRepeatedSynsIsASeventhOfTheirTime) {
  EXPECT_TRUE(syn_is_tolerated(false, 0u - 1'060, 7'000));
  EXPECT_FALSE(syn_is_tolerated(false, 0u - 1'061, 7'000));
  EXPECT_TRUE(syn_is_tolerated(false, 60, 7'000));
  EXPECT_FALSE(syn_is_tolerated(false, 61, 7'000));
}

TEST(Tolerance, OfEcnIsThatItIsLost) {
  TcpConnection a = sample_connection();
  a.ecn = true;
  const TcpConnection b = sample_connection();
  EXPECT_TRUE(beyond_tolerance(a, b).empty());
  EXPECT_THAT(names(beyond_tolerance(b, a)), ElementsAre("ecn"));
}

TEST(Tolerance, OfTheLastSynIsAnyTimeLater) {
  auto a = sample<TcpSynSent>(all_kinds::syn_sent);
  a.last_syn = a.first_syn + 100;
  TcpSynSent b = a;
  b.last_syn += 7'000;
  EXPECT_TRUE(beyond_tolerance(a, b).empty());
  b.last_syn = a.last_syn - 65;
  EXPECT_TRUE(beyond_tolerance(a, b).empty());
  b.last_syn = a.last_syn - 66;
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("last_syn"));
}

bool timer_is_tolerated(std::uint32_t before, std::uint32_t after) {
  auto a = sample<TcpTimeWait>(all_kinds::time_wait);
  a.remaining_ms = before;
  TcpTimeWait b = a;
  b.remaining_ms = after;
  return beyond_tolerance(a, b).empty();
}

TEST(Tolerance, OfATimerIsAnyTimeThatItHadOrAFreshStart) {
  EXPECT_TRUE(timer_is_tolerated(10'000, 0));
  EXPECT_TRUE(timer_is_tolerated(10'000, 60'100));
  EXPECT_FALSE(timer_is_tolerated(10'000, 60'101));
  // FIN_WAIT2, as TCP_LINGER2 has it
  EXPECT_TRUE(timer_is_tolerated(90'000, 92'100));
  EXPECT_FALSE(timer_is_tolerated(90'000, 92'101));
}

TEST(Tolerance, OfADatagramIsOfItsInterfaceAlone) {
  const auto a = sample<UdpSocket>(all_kinds::udp);
  UdpSocket b = a;
  b.queue[0].interface = 3;
  EXPECT_THAT(beyond_tolerance(a, b), IsEmpty());
  b.queue[0].hop_limit = 1;
  std::swap(b.queue[1], b.queue[2]);
  EXPECT_THAT(
      names(beyond_tolerance(a, b)),
      ElementsAre("hop_limit of datagram 1", "source of datagram 2", "destination of datagram 2",
                  "payload of datagram 2", "source of datagram 3", "destination of datagram 3",
                  "payload of datagram 3"));
  b.queue.erase(b.queue.begin() + 1, b.queue.end());
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("datagrams", "hop_limit of datagram 1"));
}

TEST(Tolerance, OfGroupsIsOfAnOrderThatNobodyHasRead) {
  const auto a = sample<UdpSocket>(all_kinds::member);
  UdpSocket b = a;
  std::swap(b.memberships[0], b.memberships[1]);
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("membership[1]", "membership[2]"));
  b.in_kernel_order = false;
  b.memberships[0].chosen_by = {};
  EXPECT_THAT(beyond_tolerance(a, b), IsEmpty());
  b.memberships[0].include = true;
  EXPECT_THAT(names(beyond_tolerance(a, b)), testing::Not(IsEmpty()));
}

TEST(Tolerance, OfAHopLimitIsOfWhatWasSentToAGroup) {
  const auto a = sample<UdpSocket>(all_kinds::member);
  UdpSocket b = a;
  b.queue[0].hop_limit = 0;
  EXPECT_THAT(beyond_tolerance(a, b), IsEmpty());
  b.queue[0].hop_limit = 1;
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("hop_limit of datagram 1"));
}

}  // namespace
}  // namespace sockcr
