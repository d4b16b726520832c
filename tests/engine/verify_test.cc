#include "engine/tcp/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/sys/error.h"
#include "engine/tcp/capture.h"
#include "engine/tcp/repair.h"
#include "tests/engine/world.h"

namespace sockcr {
namespace {

using testing::HasSubstr;

struct Tampering {
  const char* name;
  void (*tamper)(TcpConnection& c);
  const char* words;  // what the Violation names
};

void PrintTo(const Tampering& tampering, std::ostream* out) { *out << tampering.name; }

class VerifyTest : public testing::TestWithParam<Tampering> {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

std::string violation(int socket, const TcpConnection& wanted) {
  try {
    verify(socket, wanted);
  } catch (const Violation& violation) {
    return violation.what();
  }
  return "";
}

TEST_P(VerifyTest, FiresForEachField) {
  expect_inside([] {
    const Connection connection = connect_on_loopback(AF_INET);
    say(connection.peer.get(), "unread");
    TcpConnection wanted = capture(connection.ours.get());
    EXPECT_EQ(violation(connection.ours.get(), wanted), "");
    GetParam().tamper(wanted);
    EXPECT_THAT(violation(connection.ours.get(), wanted), HasSubstr(GetParam().words));
  });
}

INSTANTIATE_TEST_SUITE_P(
    Fields, VerifyTest,
    testing::Values(
        Tampering{"state", [](TcpConnection& c) { c.state = TcpState::close_wait; }, "state of"},
        Tampering{"unread", [](TcpConnection& c) { c.receive_queue.push_back(0); }, "unread bytes"},
        Tampering{"outq", [](TcpConnection& c) { --c.snd_una; }, "SIOCOUTQ of"},
        Tampering{"unsent", [](TcpConnection& c) { --c.snd_nxt; }, "SIOCOUTQNSD of"},
        Tampering{"rcv_nxt", [](TcpConnection& c) { ++c.rcv_nxt; }, "rcv_nxt of"},
        Tampering{"write_seq",
                  [](TcpConnection& c) {
                    ++c.snd_una;
                    ++c.snd_nxt;
                    ++c.write_seq;
                  },
                  "write_seq of"},
        Tampering{"snd_wnd", [](TcpConnection& c) { ++c.window.snd_wnd; }, "snd_wnd of"},
        Tampering{"edge_by_rcv_wnd", [](TcpConnection& c) { ++c.window.rcv_wnd; }, "right edge"},
        Tampering{"edge_by_rcv_wup", [](TcpConnection& c) { ++c.window.rcv_wup; }, "right edge"},
        Tampering{"timestamps", [](TcpConnection& c) { c.negotiated.timestamps ^= true; },
                  "time stamps of"},
        Tampering{"sack", [](TcpConnection& c) { c.negotiated.sack ^= true; }, "SACK of"},
        Tampering{"snd_wscale", [](TcpConnection& c) { ++c.negotiated.snd_wscale; }, "snd_wscale"},
        Tampering{"rcv_wscale", [](TcpConnection& c) { ++c.negotiated.rcv_wscale; }, "rcv_wscale"}),
    [](const auto& each) { return each.param.name; });

class RepairTest : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

// Five fields since Linux 4.8. A kernel that has appended to them makes this test fail, and then
// somebody should look what the new field means.
TEST_F(RepairTest, WindowHasTwentyBytes) {
  expect_inside([] {
    const Connection connection = connect_on_loopback(AF_INET);
    enter_repair(connection.ours.get(), Reuse::keep);
    const Window window = read_window(connection.ours.get());
    EXPECT_TRUE(window.extension.empty());
    EXPECT_GT(window.rcv_wnd, 0u);
    Window narrower = window;
    narrower.snd_wnd -= 1;
    narrower.extension = {1, 2, 3, 4};  // of another kernel: not given back to this one
    write_window(connection.ours.get(), narrower);
    EXPECT_EQ(read_window(connection.ours.get()).snd_wnd, window.snd_wnd - 1);
  });
}

TEST_F(RepairTest, CountsThatTheQueueDoesNotKeepAreAViolation) {
  expect_inside([] {
    const Connection connection = connect_on_loopback(AF_INET);
    say(connection.peer.get(), "unread");
    enter_repair(connection.ours.get(), Reuse::keep);
    for (const std::size_t length : {5u, 7u}) {
      EXPECT_THROW(peek_queue(connection.ours.get(), RepairQueue::receive, length), Violation);
    }
    EXPECT_EQ(peek_queue(connection.ours.get(), RepairQueue::receive, 6).size(), 6u);
  });
}

}  // namespace
}  // namespace sockcr
