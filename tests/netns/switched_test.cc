// The laboratory with a switch, and a second place for ours.
#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>

#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "netns/announcement.h"
#include "netns/laboratory.h"
#include "netns/neighbour.h"
#include "netns/offload.h"
#include "tests/netns/world.h"

namespace sockcr::netns {
namespace {

using namespace std::chrono_literals;

std::optional<Mac> who_is_ours(const Laboratory& laboratory, int family) {
  const NetworkNamespace::Scope scope(laboratory.inside(End::peer));
  return neighbour(Laboratory::device(End::peer), Laboratory::address_text(End::ours, family));
}

void check_conversations(const Laboratory& laboratory) {
  for (const int family : {AF_INET, AF_INET6}) {
    for (const End from : {End::ours, End::peer}) {
      const auto start = Clock::now();
      const Connection connection = connect_over(laboratory, family, from);
      EXPECT_EQ(exchange(connection.ours.get(), connection.peer.get(), "to the peer"),
                "to the peer");
      EXPECT_EQ(exchange(connection.peer.get(), connection.ours.get(), "to ours"), "to ours");
      EXPECT_LT(Clock::now() - start, 500ms) << "a segment was lost";
    }
  }
}

void announce_until_heard(const Laboratory& laboratory, int family) {
  EXPECT_TRUE(poll_until(2s, [&] {
    announce(Laboratory::device(End::ours), Laboratory::address_text(End::ours, family));
    return who_is_ours(laboratory, family) == laboratory.mac_now(End::ours);
  }));
}

TEST(Switched, CarriesTcpBothWays) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] { check_conversations(Laboratory({}, Layout::switched)); });
}

TEST(Switched, CarriesTcpFromTheOtherPlace) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    Laboratory laboratory({}, Layout::switched);
    laboratory.unplug();
    laboratory.move();
    const NetworkNamespace::Scope scope(laboratory.inside(End::ours));
    laboratory.plug_in();
    for (const int family : {AF_INET, AF_INET6}) announce_until_heard(laboratory, family);
    check_conversations(laboratory);
  });
}

TEST(Switched, TellsNobodyByItselfThatOursHasMoved) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    Laboratory laboratory({}, Layout::switched);
    laboratory.unplug();
    laboratory.move();
    const NetworkNamespace::Scope scope(laboratory.inside(End::ours));
    laboratory.plug_in();
    for (const int family : {AF_INET, AF_INET6}) {
      EXPECT_EQ(who_is_ours(laboratory, family), Laboratory::mac(End::ours, Place::home));
      announce_until_heard(laboratory, family);
      EXPECT_EQ(who_is_ours(laboratory, family), Laboratory::mac(End::ours, Place::away));
    }
  });
}

TEST(Switched, NobodyHearsThePlaceThatWasLeft) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    Laboratory laboratory({}, Layout::switched);
    laboratory.unplug();
    laboratory.move();
    for (const int family : {AF_INET, AF_INET6}) {
      {
        const NetworkNamespace::Scope scope(laboratory.inside(End::ours));
        laboratory.plug_in();
        announce_until_heard(laboratory, family);
      }
      // From home again, where the calling thread is.
      announce(Laboratory::device(End::ours), Laboratory::address_text(End::ours, family));
      EXPECT_FALSE(poll_until(
          20ms, [&] { return who_is_ours(laboratory, family) != laboratory.mac_now(End::ours); }));
    }
  });
}

TEST(Switched, GoesThereAndBack) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    Laboratory laboratory({}, Layout::switched);
    for (const Place place : {Place::away, Place::home}) {
      laboratory.unplug();
      laboratory.move();
      ASSERT_EQ(laboratory.place(), place);
      const NetworkNamespace::Scope scope(laboratory.inside(End::ours));
      laboratory.plug_in();
      announce_until_heard(laboratory, AF_INET);
    }
  });
}

TEST(Switched, HasNoOffloads) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    const Laboratory laboratory({}, Layout::switched);
    for (const NetworkNamespace* each : laboratory.everywhere()) {
      const NetworkNamespace::Scope scope(*each);
      const bool is_peer = each == &laboratory.inside(End::peer);
      const std::string device = Laboratory::device(is_peer ? End::peer : End::ours);
      EXPECT_TRUE(active_offloads(device).empty());
    }
  });
}

TEST(Switched, PinsTheSameSysctlsInBothPlaces) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    const SysctlOverride wishes[] = {{"net.ipv4.tcp_timestamps", "0"}};
    Laboratory laboratory(wishes, Layout::switched);
    laboratory.move();
    const NetworkNamespace::Scope scope(laboratory.inside(End::ours));
    for (const AppliedSysctl& one : laboratory.sysctls()) {
      if (!one.present || one.end != End::ours) continue;
      std::string value = read_sysctl(one.name).value_or("gone");
      std::replace(value.begin(), value.end(), '\t', ' ');
      if (one.name == "net.ipv4.tcp_timestamps") continue;
      EXPECT_EQ(value, one.value) << one.name;
    }
    EXPECT_EQ(read_sysctl("net.ipv4.tcp_timestamps"), "0");
  });
}

TEST(Switched, AnnouncesNothingThatIsNoAddress) {
  EXPECT_THROW(announce("lo", "nobody"), SystemError);
}

}  // namespace
}  // namespace sockcr::netns
