// Raw sockets on loopback, captured and built again: their options, queues and peers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <algorithm>
#include <cstring>

#include "engine/checkpoint.h"
#include "engine/image/diff.h"
#include "engine/raw/capture.h"
#include "engine/raw/plan.h"
#include "engine/raw/queue.h"
#include "engine/restore.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/clock.h"
#include "engine/udp/perform.h"
#include "tests/engine/udp_world.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using testing::HasSubstr;

struct RawFlavour {
  int domain, protocol;
};

std::string to_text(const RawFlavour& f) {
  return (f.domain == AF_INET6 ? "v6_" : "v4_") + std::to_string(f.protocol);
}

class RawTest : public testing::TestWithParam<RawFlavour> {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

class RawDefaultsTest : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

Address loopback(const RawFlavour& f) {
  return f.domain == AF_INET6 ? end_at(AF_INET6, "::1", 0) : end_at(AF_INET, "127.0.0.1", 0);
}

FileDescriptor make_raw(const RawFlavour& f) { return make_socket(f.domain, SOCK_RAW, f.protocol); }

std::uint64_t inode_of(int socket) {
  for (const FoundSocket& found : find_sockets({::getpid()})) {
    for (const Holder& holder : found.holders) {
      if (holder.descriptor == socket) return found.inode;
    }
  }
  return 0;
}

// With its queue, which is gone then.
RawSocket taken(int socket) {
  RawSocket read = capture_raw(socket, inode_of(socket));
  if (has_packets(socket)) take_queue(socket, read);
  return read;
}

std::unique_ptr<UdpPerformer> built(const RawSocket& socket, Forger& forger) {
  auto performer = std::make_unique<UdpPerformer>(to_text(socket), forger);
  const auto defaults = options_of_new_raw_socket(socket.domain, socket.protocol);
  performer->perform(plan_build(socket, defaults));
  performer->perform(plan_complete(socket, defaults));
  return performer;
}

std::string differences_of(const RawSocket& before, const RawSocket& after) {
  std::string text;
  for (const Difference& each : beyond_tolerance(before, after)) text += to_text(each) + "\n";
  return text;
}

void send_to(int socket, const Address& to, const Bytes& bytes) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(to, storage);
  ASSERT_GE(::sendto(socket, bytes.data(), bytes.size(), 0,
                     reinterpret_cast<const sockaddr*>(&storage), length),
            0);
}

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
  if (name == "IP_OPTIONS") return {7, 7, 4, 0, 0, 0, 0, 0};  // record route
  if (name == "SO_LOCK_FILTER" || name == "SO_TXTIME") return bytes_of(0);
  if (name == "SO_BUF_LOCK") return bytes_of(roll(0, 3));
  if (name == "ICMP_FILTER") return bytes_of(roll(0, 255));
  if (name == "ICMPV6_FILTER") return Bytes(32, static_cast<std::uint8_t>(roll(0, 255)));
  if (name == "IPV6_CHECKSUM") return bytes_of(2 * roll(0, 8));
  const bool number = name == "IP_TTL" || name == "IP_TOS" || name == "IPV6_TCLASS" ||
                      name == "IP_MINTTL" || name == "IPV6_MINHOPCOUNT" ||
                      name == "IPV6_UNICAST_HOPS" || name == "IP_MULTICAST_TTL" ||
                      name == "IPV6_MULTICAST_HOPS";
  return bytes_of(number ? roll(1, 255) : name == "SO_PRIORITY" ? roll(0, 6) : roll(0, 1));
}

void set_at_random(int socket, const RawFlavour& f, Dice& dice) {
  std::vector<const OptionRow*> rows;
  for (const OptionRow& row : option_table()) {
    if ((row.kinds & socket_kind::raw) == 0) continue;
    if (row.domain == AF_UNSPEC || row.domain == f.domain) rows.push_back(&row);
  }
  std::shuffle(rows.begin(), rows.end(), dice);
  rows.resize(rows.size() / 2);  // a default must survive beside what was set
  for (const OptionRow* row : rows) {
    const Bytes value = some_value(*row, dice);
    ::setsockopt(socket, row->level, row->number, value.data(),
                 static_cast<socklen_t>(value.size()));
  }
}

TEST_P(RawTest, KeepsWhatAProgramHasSetInAnyOrder) {
  expect_inside([] {
    constexpr unsigned first_seed = 1, seeds = 60;
    for (unsigned seed = first_seed; seed < first_seed + seeds; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      Dice dice(seed);
      Forger forger;
      FileDescriptor original = make_raw(GetParam());
      set_at_random(original.get(), GetParam(), dice);
      if (seed % 4 != 0) bind_to(original.get(), loopback(GetParam()));
      const RawSocket before = taken(original.get());
      original.reset();
      const auto performer = built(before, forger);
      ASSERT_EQ(differences_of(before, taken(performer->socket())), "");
    }
  });
}

// In what others send the kernel has a say.
class RawQueueTest : public RawTest {};

TEST_P(RawQueueTest, KeepsItsQueueAndItsPeer) {
  expect_inside([] {
    Forger forger;
    FileDescriptor original = make_raw(GetParam());
    FileDescriptor same = make_raw(GetParam());
    for (const Bytes& each : {Bytes{'a'}, Bytes{}, pattern(1400, 'b')}) {
      send_to(same.get(), loopback(GetParam()), each);
    }
    same.reset();
    connect_to(original.get(), loopback(GetParam()));
    const RawSocket before = taken(original.get());
    EXPECT_EQ(before.queue.size(), 3u);
    EXPECT_EQ(before.remote, loopback(GetParam()));
    EXPECT_FALSE(has_packets(original.get()));
    original.reset();
    const auto performer = built(before, forger);
    EXPECT_EQ(differences_of(before, taken(performer->socket())), "");
  });
}

// It is read last, and nobody has lost it where the checkpoint comes to nothing.
TEST_P(RawQueueTest, HasItsQueueAgainWhereItIsNotKilled) {
  expect_inside([] {
    FileDescriptor original = make_raw(GetParam());
    FileDescriptor same = make_raw(GetParam());
    send_to(same.get(), loopback(GetParam()), {'q'});
    same.reset();
    const ChildProcess program = start_keeper({original.get()});
    {
      Checkpoint running({.pids = {program.pid()}, .leave_running = true});
      running.freeze();
      EXPECT_THROW(running.read(), Unsupported);
    }
    Image image;
    {
      Checkpoint checkpoint({.pids = {program.pid()}});
      checkpoint.freeze();
      image = checkpoint.read();
      EXPECT_FALSE(has_packets(original.get()));
    }
    EXPECT_EQ(differences_of(std::get<RawSocket>(image.sockets.at(0)), taken(original.get())), "");
  });
}

INSTANTIATE_TEST_SUITE_P(Flavours, RawTest,
                         testing::Values(RawFlavour{AF_INET, 253}, RawFlavour{AF_INET6, 253},
                                         RawFlavour{AF_INET, IPPROTO_ICMP},
                                         RawFlavour{AF_INET6, IPPROTO_ICMPV6},
                                         RawFlavour{AF_INET, IPPROTO_RAW},
                                         RawFlavour{AF_INET6, IPPROTO_RAW}),
                         [](const auto& one) { return to_text(one.param); });

// Of its own kind and protocol: one of IPPROTO_RAW is born with IP_HDRINCL, and TCP has none.
TEST_F(RawDefaultsTest, AreThoseOfANewSocketOfItsProtocol) {
  expect_inside([] {
    const SocketOption<int> headers{IPPROTO_IP, IP_HDRINCL, "IP_HDRINCL"};
    FileDescriptor original = make_socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    ASSERT_EQ(get_option(original.get(), headers), 1);
    set_option(original.get(), headers, 0);
    Image image;
    image.circumstance = current_circumstance(1);
    image.sockets.emplace_back(taken(original.get()));
    image.where.emplace_back();
    Restoration restoration(image);
    restoration.build();
    EXPECT_EQ(get_option(restoration.sockets().front(), headers), 0);
  });
}

// Before anything of it is taken.
TEST_P(RawTest, IsRefusedWithAQueueThatWouldReachOthers) {
  const RawSocket own{.domain = static_cast<std::uint16_t>(GetParam().domain),
                      .protocol = IPPROTO_UDP};
  RawSocket member = own;
  member.protocol = 253;
  member.memberships = {{.group = end_at(AF_INET, "239.1.0.1", 0), .device = "lo"}};
  expect_inside([&] {
    const FileDescriptor raw = make_raw({GetParam().domain, IPPROTO_UDP});
    EXPECT_NO_THROW(refuse_untakable_queue(raw.get(), own));
    const Flavour datagrams{GetParam().domain, false};
    const FileDescriptor receiver = bound_udp(datagrams);
    send_bytes(sender_to(datagrams, local_of(receiver.get())).get(), Bytes{'u'}, 0);
    EXPECT_THROW(refuse_untakable_queue(raw.get(), own), Unsupported);
    EXPECT_THROW(refuse_untakable_queue(raw.get(), member), Unsupported);
    EXPECT_TRUE(has_packets(raw.get()));
  });
}

INSTANTIATE_TEST_SUITE_P(Flavours, RawQueueTest,
                         testing::Values(RawFlavour{AF_INET, 253}, RawFlavour{AF_INET6, 253}),
                         [](const auto& one) { return to_text(one.param); });

}  // namespace
}  // namespace sockcr
