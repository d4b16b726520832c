// What this engine does not restore is refused by name, before anything has changed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <csignal>

#include "engine/checkpoint.h"
#include "engine/image/address.h"
#include "engine/sys/error.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/repair.h"
#include "tests/engine/world.h"

namespace sockcr {
namespace {

using testing::HasSubstr;

class RefusalTest : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

// The words of the refusal; "" when there is none.
template <class Act>
std::string refusal(const Act& act) {
  try {
    act();
  } catch (const Unsupported& unsupported) {
    return unsupported.what();
  }
  return "";
}

std::string refusal_of_checkpoint(const ChildProcess& program) {
  return refusal([&] {
    Checkpoint checkpoint({.pids = {program.pid()}});
    checkpoint.freeze();
    checkpoint.read();
  });
}

// The program's connection stands in front of what is refused.
void expect_program_is_refused(FileDescriptor odd, const std::string& words) {
  const Connection connection = connect_on_loopback(AF_INET);
  const ChildProcess program = start_echo(connection.ours.get(), {connection.peer.get()});
  EXPECT_THAT(refusal_of_checkpoint(program), HasSubstr(words));
  EXPECT_THAT(refusal_of_checkpoint(program),
              HasSubstr("descriptor " + std::to_string(odd.get()) + " of process " +
                        std::to_string(program.pid())));
  EXPECT_EQ(get_option(connection.ours.get(), option::repair), 0);
  EXPECT_EQ(exchange(connection.peer.get(), connection.peer.get(), "still here"), "still here");
}

TEST_F(RefusalTest, OthersByTheirNames) {
  expect_inside([] {
    expect_program_is_refused(make_socket(AF_NETLINK, SOCK_RAW, 0), "a netlink socket");
    expect_program_is_refused(make_socket(AF_PACKET, SOCK_DGRAM, 0), "a packet socket");
  });
}

// What lies behind a mark is peeked by SO_PEEK_OFF, which TCP has since Linux 6.9; in front of the
// queue a mark divides nothing.
TEST_F(RefusalTest, UrgentDataWhereNoPeekCanBeginBehindTheMark) {
  expect_inside([] {
    const Connection connection = connect_on_loopback(AF_INET);
    const int ours = connection.ours.get();
    const auto say_urgently = [&](const std::string& words) {
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(words.data());
      send_bytes(connection.peer.get(), {bytes, words.size()}, MSG_OOB);
    };
    say_urgently("U");
    say(connection.peer.get(), "cd");
    EXPECT_EQ(refusal([&] { captured(ours); }), "");
    say_urgently("efV");
    const std::string said = refusal([&] { captured(ours); });
    if (read_peek_offset(ours)) {
      EXPECT_EQ(said, "");
    } else {
      EXPECT_THAT(said, HasSubstr("urgent data behind other unread bytes"));
    }
    EXPECT_EQ(get_option(ours, option::out_of_band_inline), 0);
  });
}

TEST_F(RefusalTest, NotOfAClassicSocketFilter) {
  expect_inside([] {
    const Connection connection = connect_on_loopback(AF_INET);
    sock_filter accept_all[] = {{.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0xffff}};
    const sock_fprog program{.len = 1, .filter = accept_all};
    set_option_bytes(connection.ours.get(), SOL_SOCKET, SO_ATTACH_FILTER, "SO_ATTACH_FILTER",
                     &program, sizeof program);
    EXPECT_EQ(captured(connection.ours.get()).filter.code, (Bytes{6, 0, 0, 0, 0xff, 0xff, 0, 0}));
    constexpr SocketOption<int> detach{SOL_SOCKET, SO_DETACH_FILTER, "SO_DETACH_FILTER"};
    set_option(connection.ours.get(), detach, 0);
    EXPECT_TRUE(is_none(captured(connection.ours.get()).filter));
  });
}

}  // namespace
}  // namespace sockcr
