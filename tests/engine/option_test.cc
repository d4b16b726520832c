// What the option table promises: whatever legal value a connected socket has, its rebuilt socket
// has it too.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <cstring>
#include <map>
#include <random>
#include <utility>

#include "engine/options/table.h"
#include "engine/restore.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/capture.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/listener.h"
#include "tests/engine/world.h"
#include "tests/image/sample.h"

#ifndef SO_BUF_LOCK
#define SO_BUF_LOCK 72
#endif

namespace sockcr {
namespace {

int roll(Dice& dice, int low, int high) {
  return std::uniform_int_distribution<int>(low, high)(dice);
}

template <class Value>
Bytes bytes_of(const Value& value) {
  Bytes bytes(sizeof value);
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

using Roll = Bytes (*)(Dice&);

template <int low, int high>
Bytes between(Dice& dice) {
  return bytes_of(roll(dice, low, high));
}

Bytes some_time(Dice& dice) {
  return bytes_of(timeval{.tv_sec = roll(dice, 0, 9), .tv_usec = roll(dice, 0, 9) * 100'000});
}

Bytes some_linger(Dice& dice) {
  return bytes_of(linger{.l_onoff = roll(dice, 0, 1), .l_linger = roll(dice, 0, 60)});
}

Bytes some_congestion_control(Dice& dice) {
  const std::string name = roll(dice, 0, 1) == 0 ? "reno" : "cubic";
  return {name.begin(), name.end()};
}

Bytes some_device(Dice& dice) {
  const std::string name = roll(dice, 0, 1) == 0 ? "lo" : "";
  return {name.begin(), name.end()};
}

// A legal value for every row of the table, as setsockopt takes it.
const std::map<std::pair<int, int>, Roll>& rolls() {
  static const std::map<std::pair<int, int>, Roll> all{
      {{IPPROTO_TCP, TCP_CONGESTION}, some_congestion_control},
      {{IPPROTO_IP, IP_TOS}, [](Dice& dice) { return bytes_of(roll(dice, 0, 63) << 2); }},
      {{IPPROTO_IP, IP_TTL}, between<1, 255>},
      {{IPPROTO_IP, IP_MTU_DISCOVER}, between<0, 5>},
      {{IPPROTO_IPV6, IPV6_TCLASS}, [](Dice& dice) { return bytes_of(roll(dice, 0, 63) << 2); }},
      {{IPPROTO_IPV6, IPV6_UNICAST_HOPS}, between<1, 255>},
      {{IPPROTO_IPV6, IPV6_MTU_DISCOVER}, between<0, 5>},
      {{SOL_SOCKET, SO_BINDTODEVICE}, some_device},
      {{SOL_SOCKET, SO_PRIORITY}, between<0, 6>},
      {{SOL_SOCKET, SO_MARK}, between<0, 1'000'000>},
      {{SOL_SOCKET, SO_REUSEADDR}, between<0, 1>},
      {{SOL_SOCKET, SO_REUSEPORT}, between<0, 1>},
      {{SOL_SOCKET, SO_KEEPALIVE}, between<0, 1>},
      {{SOL_SOCKET, SO_OOBINLINE}, between<0, 1>},
      {{SOL_SOCKET, SO_LINGER}, some_linger},
      {{SOL_SOCKET, SO_RCVTIMEO}, some_time},
      {{SOL_SOCKET, SO_SNDTIMEO}, some_time},
      {{IPPROTO_TCP, TCP_KEEPIDLE}, between<1, 32'767>},
      {{IPPROTO_TCP, TCP_KEEPINTVL}, between<1, 32'767>},
      {{IPPROTO_TCP, TCP_KEEPCNT}, between<1, 127>},
      {{IPPROTO_TCP, TCP_SYNCNT}, between<1, 127>},
      {{IPPROTO_TCP, TCP_LINGER2}, between<1, 60>},
      {{IPPROTO_TCP, TCP_USER_TIMEOUT}, between<0, 100'000>},
      {{IPPROTO_TCP, TCP_NOTSENT_LOWAT}, between<0, 1'000'000>},
      {{IPPROTO_TCP, TCP_NODELAY}, between<0, 1>},
      {{IPPROTO_TCP, TCP_CORK}, between<0, 1>},
      {{SOL_SOCKET, SO_RCVLOWAT}, between<1, 1000>},
      {{SOL_SOCKET, SO_SNDBUF}, between<10'000, 1'000'000>},
      {{SOL_SOCKET, SO_RCVBUF}, between<100'000, 1'000'000>},
      {{SOL_SOCKET, SO_BUF_LOCK}, between<0, 3>},
      {{IPPROTO_TCP, TCP_WINDOW_CLAMP}, between<70'000, 1'000'000>},
      {{IPPROTO_IPV6, IPV6_V6ONLY}, between<0, 1>},
      {{IPPROTO_IP, IP_FREEBIND}, between<0, 1>},
      {{IPPROTO_TCP, TCP_MAXSEG}, between<88, 32'767>},
      {{IPPROTO_TCP, TCP_DEFER_ACCEPT}, between<0, 30>},
      {{IPPROTO_TCP, TCP_FASTOPEN}, between<0, 100>},
  };
  return all;
}

void set_at_random(int socket, int family, Dice& dice, OptionUse use = OptionUse::every) {
  for (const OptionRow& row : option_table()) {
    if ((row.kinds & socket_kind::tcp) == 0) continue;
    if (row.use != OptionUse::every && use == OptionUse::every) continue;
    if (row.domain != AF_UNSPEC && row.domain != family) continue;
    if (roll(dice, 0, 2) == 0) continue;  // a default must survive beside what was set
    const Bytes value = rolls().at({row.level, row.number})(dice);
    set_option_bytes(socket, row.level, row.number, row.name, value.data(),
                     static_cast<socklen_t>(value.size()));
  }
}

std::string hexadecimal(const Bytes& bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x} ", byte);
  return text;
}

template <class Kind>
void expect_same_options(const Kind& before, const Kind& after) {
  ASSERT_EQ(before.options.size(), after.options.size());
  for (std::size_t i = 0; i < before.options.size(); ++i) {
    const OptionValue& value = before.options[i];
    EXPECT_EQ(hexadecimal(value.value), hexadecimal(after.options[i].value))
        << find_option(value.level, value.number)->name;
  }
}

class OptionTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

TEST_P(OptionTest, EveryLegalValueSurvives) {
  expect_inside([] {
    Dice dice(20261120);
    for (int round = 0; round < 100 && !HasFailure(); ++round) {
      SCOPED_TRACE(round);
      Connection connection = connect_on_loopback(GetParam());
      set_at_random(connection.ours.get(), GetParam(), dice);
      Image image;
      image.circumstance = current_circumstance(1);
      image.sockets.emplace_back(capture(connection.ours.get()));
      image.where.emplace_back();
      connection.ours.reset();
      Restoration restoration(image);
      restoration.build();
      expect_same_options(std::get<TcpConnection>(image.sockets.front()),
                          capture(restoration.sockets().front()));
    }
  });
}

FileDescriptor listen_with_random_options(int family, Dice& dice) {
  FileDescriptor listener = make_socket(family, SOCK_STREAM, 0);
  set_at_random(listener.get(), family, dice, OptionUse::unconnected);
  sockaddr_storage any{};
  const Address wildcard{.family = static_cast<std::uint16_t>(family), .bytes = {}, .port = 7001};
  const socklen_t length = to_sockaddr(wildcard, any);
  bind_socket(listener.get(), reinterpret_cast<const sockaddr*>(&any), length);
  listen_socket(listener.get(), roll(dice, 0, 100));
  return listener;
}

TEST_P(OptionTest, EveryLegalValueOfAListenerSurvives) {
  expect_inside([] {
    Dice dice(20261121);
    for (int round = 0; round < 100 && !HasFailure(); ++round) {
      SCOPED_TRACE(round);
      FileDescriptor listener = listen_with_random_options(GetParam(), dice);
      Image image;
      image.circumstance = current_circumstance(1);
      const TcpListener before = capture_listener(listener.get(), dump_tcp());
      image.sockets.emplace_back(before);
      image.where.push_back({1, {{1, 3, false}}});
      listener.reset();
      Restoration restoration(image);
      restoration.build();
      const TcpListener after = capture_listener(restoration.sockets().front(), dump_tcp());
      expect_same_options(before, after);
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
    if ((row.kinds & socket_kind::tcp) == 0) continue;  // udp_test.cc
    EXPECT_TRUE(rolls().contains({row.level, row.number})) << row.name << " is not tested";
  }
}

}  // namespace
}  // namespace sockcr
