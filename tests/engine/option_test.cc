// What the option table promises: whatever legal value a connected socket has, its rebuilt socket
// has it too.
#include <gtest/gtest.h>
#include <netinet/in.h>

#include "engine/options/table.h"
#include "engine/restore.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/capture.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/listener.h"
#include "scenarios/language/legal_options.h"
#include "scenarios/language/option_sweep.h"
#include "tests/engine/world.h"

namespace sockcr {
namespace {

void set_at_random(int socket, scenario::Draw& draw) {
  scenario::set_options(socket, scenario::draw_options(scenario::nature_of(socket), "lo",
                                                       scenario::Leave::nothing, draw));
}

// By what the engine reads, and by what the kernel tells without it.
template <class Kind>
void expect_same_options(const Kind& before, const Kind& after) {
  ASSERT_EQ(before.options.size(), after.options.size());
  for (std::size_t i = 0; i < before.options.size(); ++i) {
    EXPECT_EQ(to_text(before.options[i]), to_text(after.options[i]));
  }
}

// close(2) would wait for a peer that may be too far away to be heard.
void forget_linger(int socket) {
  constexpr SocketOption<linger> how{SOL_SOCKET, SO_LINGER, "SO_LINGER"};
  set_option(socket, how, linger{});
}

class OptionTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

TEST_P(OptionTest, EveryLegalValueSurvives) {
  expect_inside([] {
    scenario::Draw draw(20261120);
    for (int round = 0; round < 100 && !HasFailure(); ++round) {
      SCOPED_TRACE(round);
      Connection connection = connect_on_loopback(GetParam());
      set_at_random(connection.ours.get(), draw);
      const scenario::OptionSweep seen = scenario::sweep_options(connection.ours.get());
      Image image;
      image.circumstance = current_circumstance(1);
      image.sockets.emplace_back(capture(connection.ours.get()));
      image.where.emplace_back();
      connection.ours.reset();
      Restoration restoration(image);
      restoration.build();
      expect_same_options(std::get<TcpConnection>(image.sockets.front()),
                          capture(restoration.sockets().front()));
      restoration.resume();
      EXPECT_EQ(scenario::differences_between(
                    seen, scenario::sweep_options(restoration.sockets().front())),
                "");
      forget_linger(restoration.sockets().front());
    }
  });
}

FileDescriptor listen_with_random_options(int family, scenario::Draw& draw) {
  FileDescriptor listener = make_socket(family, SOCK_STREAM, 0);
  set_at_random(listener.get(), draw);
  sockaddr_storage any{};
  const Address wildcard{.family = static_cast<std::uint16_t>(family), .bytes = {}, .port = 7001};
  const socklen_t length = to_sockaddr(wildcard, any);
  bind_socket(listener.get(), reinterpret_cast<const sockaddr*>(&any), length);
  listen_socket(listener.get(), static_cast<int>(draw.below(100)));
  return listener;
}

TEST_P(OptionTest, EveryLegalValueOfAListenerSurvives) {
  expect_inside([] {
    scenario::Draw draw(20261121);
    for (int round = 0; round < 100 && !HasFailure(); ++round) {
      SCOPED_TRACE(round);
      FileDescriptor listener = listen_with_random_options(GetParam(), draw);
      Image image;
      image.circumstance = current_circumstance(1);
      const scenario::OptionSweep seen = scenario::sweep_options(listener.get());
      const TcpListener before = capture_listener(listener.get(), dump_tcp());
      image.sockets.emplace_back(before);
      image.where.push_back({1, {{1, 3, false}}});
      listener.reset();
      Restoration restoration(image);
      restoration.build();
      const TcpListener after = capture_listener(restoration.sockets().front(), dump_tcp());
      expect_same_options(before, after);
      EXPECT_EQ(scenario::differences_between(
                    seen, scenario::sweep_options(restoration.sockets().front())),
                "");
      EXPECT_EQ(before.backlog, after.backlog);
      EXPECT_EQ(to_text(before.local), to_text(after.local));
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Families, OptionTest, testing::Values(AF_INET, AF_INET6),
                         [](const auto& f) { return f.param == AF_INET ? "v4" : "v6"; });

TEST(OptionTable, HasNoRowTwice) {
  for (const OptionRow& row : option_table()) {
    EXPECT_EQ(find_option(row.level, row.number), &row) << row.name;
  }
}

}  // namespace
}  // namespace sockcr
