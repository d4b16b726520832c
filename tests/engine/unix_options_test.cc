// What a program has set at random, in any order, is what the second capture of a unix socket
// reads.
#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <cstring>

#include "engine/options/table.h"
#include "engine/sys/socket_option.h"
#include "engine/unix/kinds.h"
#include "tests/engine/unix_world.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using UnixOptionsTest = UnixTypeTest;

// Legal mostly; what the kernel refuses is not set.
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
  if (name == "SO_PEEK_OFF") return bytes_of(roll(-1, 40));
  if (name == "SO_BUF_LOCK") return bytes_of(roll(0, 3));
  if (name == "SO_LOCK_FILTER") return bytes_of(0);  // it would keep a test from going on
  return bytes_of(name == "SO_PRIORITY" ? roll(0, 6) : roll(0, 1));
}

void set_at_random(int socket, SocketKinds kind, Dice& dice) {
  std::vector<const OptionRow*> rows;
  for (const OptionRow& row : option_table()) {
    if ((row.kinds & kind) != 0) rows.push_back(&row);
  }
  std::shuffle(rows.begin(), rows.end(), dice);
  rows.resize(rows.size() / 2);  // a default must survive beside what was set
  for (const OptionRow* row : rows) {
    const Bytes value = some_value(*row, dice);
    ::setsockopt(socket, row->level, row->number, value.data(),
                 static_cast<socklen_t>(value.size()));
  }
}

TEST_P(UnixOptionsTest, KeepsWhatAProgramHasSetInAnyOrder) {
  expect_inside([] {
    constexpr unsigned first_seed = 1, seeds = 40;
    for (unsigned seed = first_seed; seed < first_seed + seeds; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      Dice dice(seed);
      Ends ends = unix_pair(GetParam());
      const SocketKinds kind = kind_of(static_cast<UnixType>(GetParam()));
      set_at_random(ends.one.get(), kind, dice);
      set_at_random(ends.other.get(), kind, dice);
      std::vector<FileDescriptor> sockets;
      sockets.push_back(std::move(ends.one));
      sockets.push_back(std::move(ends.other));
      const Cut done = cut(sockets);
      ASSERT_EQ(differences_between(done.image, image_of(done.sockets)), "");
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Types, UnixOptionsTest,
                         testing::Values(SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET), type_name);

}  // namespace
}  // namespace sockcr
