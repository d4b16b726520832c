// What an ordinary user may not write is lost, and said by name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>

#include "engine/sys/socket_option.h"
#include "tests/engine/udp_world.h"

namespace sockcr {
namespace {

using testing::ElementsAre;

constexpr Flavour v4{AF_INET, false};

bool may_do_anything() {
  const FileDescriptor socket = make_udp(v4);
  return set_option_if_permitted(socket.get(), option::send_buffer_force, 10'000);
}

class OptionRightsTest : public testing::Test {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_SANDBOX();
    if (!may_do_anything()) GTEST_SKIP() << "needs CAP_NET_ADMIN in the initial user namespace";
  }
};

constexpr SocketOption<int> prefer_busy_poll{SOL_SOCKET, 69, "SO_PREFER_BUSY_POLL"};

// Of somebody who may do anything.
UdpSocket captured_with_privilege() {
  const FileDescriptor socket = make_udp(v4);
  set_option(socket.get(), option::send_buffer_force, 10'000'000);
  set_option(socket.get(), prefer_busy_poll, 1);
  return captured_udp(socket.get());
}

TEST_F(OptionRightsTest, NamesWhatNeedsMore) {
  expect_inside([] {
    const UdpSocket before = captured_with_privilege();
    ASSERT_EQ(::unshare(CLONE_NEWUSER), 0);
    Forger forger;
    const auto performer = built(before, forger);
    EXPECT_THAT(performer->losses(),
                ElementsAre("SO_PREFER_BUSY_POLL=1: needs CAP_NET_ADMIN in the initial user "
                            "namespace",
                            testing::MatchesRegex("SO_SNDBUF=20000000 is [0-9]+: more needs "
                                                  "CAP_NET_ADMIN in the initial user namespace")));
  });
}

TEST_F(OptionRightsTest, NamesNothingWhereThereIsEnough) {
  expect_inside([] {
    Forger forger;
    EXPECT_THAT(built(captured_with_privilege(), forger)->losses(), testing::IsEmpty());
  });
}

}  // namespace
}  // namespace sockcr
