// What a program has set at random, in any order, is what the second capture of a UDP socket reads.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <algorithm>
#include <array>
#include <cstring>

#include "engine/sys/socket_option.h"
#include "tests/engine/udp_world.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using UdpOptionsTest = UdpTest;

// A value for a row that is none of 0 and 1; legal mostly, and what the kernel refuses is not set.
Bytes some_value(const OptionRow& row, Dice& dice) {
  const auto roll = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(dice);
  };
  const auto bytes_of = [](const auto& value) {
    Bytes bytes(sizeof value);
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
  };
  const std::string_view name = row.name;
  if (name == "SO_BINDTODEVICE") return {'l', 'o'};
  if (name == "SO_LINGER") return bytes_of(linger{roll(0, 1), roll(0, 60)});
  if (name == "SO_RCVTIMEO" || name == "SO_SNDTIMEO") return bytes_of(timeval{roll(0, 9), 500'000});
  if (name == "SO_SNDBUF" || name == "SO_RCVBUF") return bytes_of(roll(10'000, 100'000));
  if (name == "SO_MAX_PACING_RATE") return bytes_of(std::uint64_t{1'000'000} * 1'000'000);
  if (name.starts_with("SO_TIMESTAMPING")) return bytes_of(std::array<int, 2>{roll(0, 255), 0});
  if (name == "SO_TXTIME") return bytes_of(std::array<int, 2>{CLOCK_MONOTONIC, 0});
  if (name == "IP_OPTIONS") return {7, 7, 4, 0, 0, 0, 0, 0};  // record route
  if (name == "IPV6_HOPOPTS" || name == "IPV6_DSTOPTS" || name == "IPV6_RTHDRDSTOPTS") {
    return {0, 0, 1, 4, 0, 0, 0, 0};  // nothing but padding
  }
  if (name == "IP_LOCAL_PORT_RANGE") return bytes_of(30'000 | 31'000 << 16);
  if (name == "UDP_SEGMENT") return bytes_of(roll(0, 1400));
  if (name == "SO_PEEK_OFF") return bytes_of(roll(-1, 40));
  if (name == "SO_BUF_LOCK") return bytes_of(roll(0, 3));
  if (name == "SO_LOCK_FILTER") return bytes_of(0);  // tested by itself
  if (name.ends_with("CSCOV")) return bytes_of(roll(8, 100));
  const bool number = name == "IP_TTL" || name == "IP_TOS" || name == "IPV6_TCLASS" ||
                      name == "IP_MINTTL" || name == "IPV6_MINHOPCOUNT" ||
                      name == "IPV6_UNICAST_HOPS" || name.starts_with("IP_MULTICAST_TTL") ||
                      name == "IPV6_MULTICAST_HOPS";
  return bytes_of(number ? roll(1, 255) : name == "SO_PRIORITY" ? roll(0, 6) : roll(0, 1));
}

// Whoever has set it at random has done so in no order.
void set_at_random(int socket, const Flavour& f, Dice& dice) {
  std::vector<const OptionRow*> rows;
  for (const OptionRow& row : option_table()) {
    if ((row.kinds & (f.lite ? socket_kind::udp_lite : socket_kind::udp)) == 0) continue;
    if (row.domain == AF_UNSPEC || row.domain == f.domain) rows.push_back(&row);
  }
  std::shuffle(rows.begin(), rows.end(), dice);
  rows.resize(rows.size() / 2);  // a default must survive beside what was set
  for (const OptionRow* row : rows) {
    if (f.mapped && row->name == "IPV6_V6ONLY") continue;
    const Bytes value = some_value(*row, dice);
    ::setsockopt(socket, row->level, row->number, value.data(),
                 static_cast<socklen_t>(value.size()));
  }
}

TEST_P(UdpOptionsTest, KeepsWhatAProgramHasSetInAnyOrder) {
  expect_inside([] {
    constexpr unsigned first_seed = 1, seeds = 60;
    for (unsigned seed = first_seed; seed < first_seed + seeds; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      Dice dice(seed);
      Forger forger;
      FileDescriptor original = make_udp(GetParam());
      set_at_random(original.get(), GetParam(), dice);
      if (seed % 4 != 0) bind_to(original.get(), loopback(GetParam()));
      const UdpSocket before = captured_udp(original.get());
      original.reset();
      const auto performer = built(before, forger);
      ASSERT_EQ(differences_between(before, captured_udp(performer->socket())), "");
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Flavours, UdpOptionsTest, every_flavour(),
                         [](const auto& one) { return to_text(one.param); });

// SO_RCVPRIORITY came with Linux 6.14.
TEST(OptionTable, MissesNothingThatANewerKernelHadAndNobodyUsed) {
  constexpr int receive_priority = 82;
  const OptionValue off{SOL_SOCKET, receive_priority, {0, 0, 0, 0}};
  const OptionValue on{SOL_SOCKET, receive_priority, {1, 0, 0, 0}};
  EXPECT_TRUE(without_defaults({off}, {}).empty());
  EXPECT_EQ(without_defaults({on}, {}).size(), 1u);
  EXPECT_EQ(without_defaults({off}, {on}).size(), 1u);
}

}  // namespace
}  // namespace sockcr
