// Urgent data over loopback, without a firewall: the mark of what is unread is read, and comes
// back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <cerrno>
#include <fstream>

#include "engine/image/diff.h"
#include "engine/restore.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/capture.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/repair.h"
#include "engine/tcp/urgent.h"
#include "tests/engine/world.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

class UrgentTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_SANDBOX();
    if (!read_peek_offset(make_socket(AF_INET, SOCK_STREAM, 0).get())) {
      GTEST_SKIP() << "TCP has no SO_PEEK_OFF before Linux 6.9";
    }
  }
};

void say_urgently(int socket, const std::string& text) {
  send_bytes(socket, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, MSG_OOB);
}

// `urgent` ends with the urgent byte. As small as over Ethernet.
Connection with_unread(const std::string& urgent, const std::string& behind) {
  Connection connection = connect_on_loopback(UrgentTest::GetParam(), {.before_listen = [](int s) {
                                                set_option(s, option::max_segment, 1460);
                                              }});
  say_urgently(connection.peer.get(), urgent);
  if (!behind.empty()) say(connection.peer.get(), behind);
  return connection;
}

bool is_at_mark(int socket) { return queued_bytes(socket, SIOCATMARK, "SIOCATMARK") != 0; }

// One read.
std::string read_once(int socket, int flags = 0) {
  Bytes buffer(65536);
  const std::size_t length = receive_bytes(socket, buffer, flags | MSG_DONTWAIT);
  return {buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(length)};
}

int error_of_read(int socket, int flags) {
  try {
    read_once(socket, flags);
    return 0;
  } catch (const SystemError& error) {
    return error.error_number();
  }
}

// Captured, killed and built again.
FileDescriptor cut(FileDescriptor ours) {
  Image image = image_of(capture(ours.get()));
  image.circumstance = current_circumstance(1);  // its clocks
  ours.reset();
  Restoration restoration(image);
  restoration.build();
  FileDescriptor socket = FileDescriptor(::dup(restoration.sockets().front()));
  const auto again = capture(socket.get());
  std::string differences;
  for (const Difference& each :
       beyond_tolerance(std::get<TcpConnection>(image.sockets.front()), again)) {
    differences += to_text(each) + "\n";
  }
  EXPECT_EQ(differences, "");
  restoration.resume();
  return socket;
}

struct Place {
  std::string urgent, behind;
};
const std::vector<Place> places{{"abU", "cd"},
                                {"U", "cd"},
                                {"abU", ""},
                                {"U", ""},
                                {std::string(4000, 'a') + "U", std::string(9000, 'c')}};

TEST_P(UrgentTest, ComesBackOutOfLine) {
  expect_inside([] {
    for (const Place& place : places) {
      Connection connection = with_unread(place.urgent, place.behind);
      const FileDescriptor ours = cut(std::move(connection.ours));
      const std::string before = place.urgent.substr(0, place.urgent.size() - 1);
      if (!before.empty()) {
        EXPECT_FALSE(is_at_mark(ours.get()));
        EXPECT_EQ(read_once(ours.get()), before);
      }
      EXPECT_TRUE(is_at_mark(ours.get()));
      EXPECT_EQ(read_once(ours.get(), MSG_OOB), "U");
      say(connection.peer.get(), "!");
      EXPECT_EQ(hear(ours.get(), place.behind.size() + 1), place.behind + "!");
    }
  });
}

TEST_P(UrgentTest, ComesBackTaken) {
  expect_inside([] {
    for (const Place& place : places) {
      Connection connection = with_unread(place.urgent, place.behind);
      EXPECT_EQ(read_once(connection.ours.get(), MSG_OOB), "U");
      const FileDescriptor ours = cut(std::move(connection.ours));
      EXPECT_EQ(error_of_read(ours.get(), MSG_OOB), EINVAL);
      const std::string before = place.urgent.substr(0, place.urgent.size() - 1);
      if (!before.empty()) {
        EXPECT_EQ(read_once(ours.get()), before);
      }
      EXPECT_TRUE(is_at_mark(ours.get()));
      say(connection.peer.get(), "!");
      EXPECT_EQ(hear(ours.get(), place.behind.size() + 1), place.behind + "!");
    }
  });
}

TEST_P(UrgentTest, ComesBackInline) {
  expect_inside([] {
    for (const Place& place : places) {
      Connection connection = with_unread(place.urgent, place.behind);
      set_option(connection.ours.get(), option::out_of_band_inline, 1);
      const FileDescriptor ours = cut(std::move(connection.ours));
      EXPECT_EQ(get_option(ours.get(), option::out_of_band_inline), 1);
      const std::string before = place.urgent.substr(0, place.urgent.size() - 1);
      if (!before.empty()) {
        EXPECT_EQ(read_once(ours.get()), before);
      }
      EXPECT_TRUE(is_at_mark(ours.get()));
      EXPECT_EQ(hear(ours.get(), place.behind.size() + 1), "U" + place.behind);
    }
  });
}

// Taken out of line, and then the program turned to reading inline: recv returns it once more.
TEST_P(UrgentTest, ComesBackTakenAndInline) {
  expect_inside([] {
    Connection connection = with_unread("abU", "cd");
    EXPECT_EQ(read_once(connection.ours.get(), MSG_OOB), "U");
    set_option(connection.ours.get(), option::out_of_band_inline, 1);
    const FileDescriptor ours = cut(std::move(connection.ours));
    EXPECT_EQ(count_unread(ours.get()), (Unread{.bytes = 5, .urgent = 3, .taken = true}));
    EXPECT_EQ(hear(ours.get(), 5), "abUcd");
  });
}

// Where the peer counts as tcp_stdurg does, it is the byte that a pointer points to.
TEST_P(UrgentTest, ComesBackBesideTheOtherCountOfPointers) {
  expect_inside([] {
    Connection connection = with_unread("abU", "cd");
    std::ofstream("/proc/sys/net/ipv4/tcp_stdurg") << 1;
    const FileDescriptor ours = cut(std::move(connection.ours));
    EXPECT_EQ(read_once(ours.get()), "ab");
    EXPECT_EQ(read_once(ours.get(), MSG_OOB), "U");
    EXPECT_EQ(read_once(ours.get()), "cd");
  });
}

TEST_P(UrgentTest, CaptureLeavesTheSocketAsItWas) {
  expect_inside([] {
    const Connection connection = with_unread("abU", "cd");
    const int ours = connection.ours.get();
    set_option(ours, option::peek_offset, 1);
    const TcpConnection c = captured(ours);
    EXPECT_EQ(std::string(c.receive_queue.begin(), c.receive_queue.end()), "abUcd");
    EXPECT_EQ(c.receive_urgent, 3u);
    EXPECT_EQ(get_option(ours, option::out_of_band_inline), 0);
    EXPECT_EQ(get_option(ours, option::peek_offset), 1);
    EXPECT_EQ(count_unread(ours), (Unread{.bytes = 5, .urgent = 3}));
    EXPECT_EQ(read_once(ours), "ab");
    EXPECT_EQ(read_once(ours, MSG_OOB), "U");
    EXPECT_EQ(count_unread(ours), (Unread{.bytes = 3, .urgent = 1, .taken = true}));
    EXPECT_EQ(read_once(ours), "cd");
    EXPECT_EQ(count_unread(ours), Unread{});
  });
}

// What was interrupted in between is put back too.
TEST_P(UrgentTest, PutBackKnowsWhatACaptureOverwrites) {
  expect_inside([] {
    const Connection connection = with_unread("abU", "cd");
    const int ours = connection.ours.get();
    const BeforeRepair before = before_repair(ours);
    set_option(ours, option::out_of_band_inline, 1);
    set_option(ours, option::peek_offset, 2);
    put_back(ours, before);
    EXPECT_EQ(get_option(ours, option::out_of_band_inline), 0);
    EXPECT_EQ(get_option(ours, option::peek_offset), -1);
  });
}

// No call tells where it is, and a capture alone says so.
TEST_P(UrgentTest, OfTheSendQueueIsUnknownToCalls) {
  expect_inside([] {
    const Connection connection = connect_on_loopback(GetParam());
    const int ours = connection.ours.get();
    EXPECT_FALSE(captured(ours).send_urgent_unknown);
    enter_repair(ours, Reuse::keep);
    fill_queue(ours, RepairQueue::send, pattern(5, 'a'));
    EXPECT_TRUE(capture(ours).send_urgent_unknown);
  });
}

INSTANTIATE_TEST_SUITE_P(Families, UrgentTest, testing::Values(AF_INET, AF_INET6),
                         [](const auto& f) { return f.param == AF_INET ? "v4" : "v6"; });

}  // namespace
}  // namespace sockcr
