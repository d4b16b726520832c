// UDP and UDP-Lite sockets on loopback, captured and built again: what a program has set at random,
// and what its queue holds, is what the second capture reads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <algorithm>
#include <cstring>

#include "engine/checkpoint.h"
#include "engine/image/diff.h"
#include "engine/restore.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/udp/capture.h"
#include "engine/udp/forge.h"
#include "engine/udp/perform.h"
#include "tests/engine/world.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Flavour {
  int domain;
  bool lite;
  bool mapped = false;
};

Address loopback(const Flavour& f, std::uint16_t port = 0) {
  if (f.mapped) return end_at(AF_INET6, "::ffff:127.0.0.1", port);
  return f.domain == AF_INET6 ? end_at(AF_INET6, "::1", port) : end_at(AF_INET, "127.0.0.1", port);
}

FileDescriptor make_udp(const Flavour& f) {
  return make_socket(f.domain, SOCK_DGRAM, f.lite ? IPPROTO_UDPLITE : IPPROTO_UDP);
}

void bind_to(int socket, const Address& address) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(address, storage);
  bind_socket(socket, reinterpret_cast<const sockaddr*>(&storage), length);
}

void connect_to(int socket, const Address& address) {
  sockaddr_storage storage{};
  const socklen_t length = to_sockaddr(address, storage);
  connect_socket(socket, reinterpret_cast<const sockaddr*>(&storage), length);
}

FileDescriptor bound_udp(const Flavour& f) {
  FileDescriptor socket = make_udp(f);
  bind_to(socket.get(), loopback(f));
  return socket;
}

Address local_of(int socket) { return from_sockaddr(local_address(socket)); }

// Somebody who sends to `to`.
FileDescriptor sender_to(const Flavour& f, const Address& to) {
  FileDescriptor socket = bound_udp(f);
  connect_to(socket.get(), to);
  return socket;
}

UdpSocket captured_udp(int socket) {
  const auto dump = dump_udp(is_udp_lite(socket));
  const CapturedUdp captured = capture_udp(socket, dump);
  if (captured.hid_something) refresh_queue(socket, captured, dump);
  return captured.socket;
}

std::unique_ptr<UdpPerformer> built(const UdpSocket& socket, Forger& forger) {
  auto performer = std::make_unique<UdpPerformer>(to_text(socket), forger);
  performer->perform(plan_build(socket, options_of_new_udp_socket(socket.domain, socket.lite)));
  return performer;
}

std::string differences_between(const UdpSocket& before, const UdpSocket& after) {
  std::string text;
  for (const Difference& each : beyond_tolerance(before, after)) text += to_text(each) + "\n";
  return text;
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

class UdpTest : public testing::TestWithParam<Flavour> {
 protected:
  void SetUp() override { SKIP_WITHOUT_SANDBOX(); }
};

TEST_P(UdpTest, KeepsWhatAProgramHasSetInAnyOrder) {
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

TEST_P(UdpTest, KeepsItsQueueInOrderAndEmptyDatagramsToo) {
  expect_inside([] {
    Forger forger;
    FileDescriptor original = bound_udp(GetParam());
    const Address address = local_of(original.get());
    const FileDescriptor one = sender_to(GetParam(), address);
    const FileDescriptor other = sender_to(GetParam(), address);
    const bool v4 = GetParam().domain == AF_INET || GetParam().mapped;
    set_option(
        other.get(),
        SocketOption<int>{v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TOS : IPV6_TCLASS, "class"},
        0xb9);
    set_option(
        other.get(),
        SocketOption<int>{v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TTL : IPV6_UNICAST_HOPS, "hops"},
        7);
    const std::vector<Bytes> sent{{}, {'a'}, {}, {}, pattern(30'000, 'b'), {}, pattern(1, 'c')};
    for (std::size_t i = 0; i < sent.size(); ++i) {
      send_bytes(i % 2 == 0 ? one.get() : other.get(), sent[i], 0);
    }
    // Twice: the first time hides nothing from the second.
    const UdpSocket before = captured_udp(original.get());
    EXPECT_EQ(differences_between(before, captured_udp(original.get())), "");
    ASSERT_EQ(before.queue.size(), sent.size());
    for (std::size_t i = 0; i < sent.size(); ++i) {
      EXPECT_EQ(before.queue[i].payload, sent[i]) << i;
      EXPECT_EQ(before.queue[i].source, local_of(i % 2 == 0 ? one.get() : other.get())) << i;
      EXPECT_EQ(before.queue[i].destination, address) << i;
      EXPECT_EQ(before.queue[i].traffic_class, i % 2 == 0 ? 0 : 0xb9) << i;
      EXPECT_EQ(before.queue[i].hop_limit, i % 2 == 0 ? 64 : 7) << i;
    }
    original.reset();
    const auto performer = built(before, forger);
    EXPECT_EQ(differences_between(before, captured_udp(performer->socket())), "");
    for (const Bytes& each : sent) {
      Bytes read(65'536);
      read.resize(receive_bytes(performer->socket(), read, MSG_DONTWAIT));
      EXPECT_EQ(read, each);
    }
  });
}

TEST_P(UdpTest, KeepsItsPeerAndWhatOthersSentBefore) {
  expect_inside([] {
    Forger forger;
    FileDescriptor original = bound_udp(GetParam());
    const Address address = local_of(original.get());
    const FileDescriptor stranger = sender_to(GetParam(), address);
    const FileDescriptor peer = sender_to(GetParam(), address);
    send_bytes(stranger.get(), Bytes{'s'}, 0);
    connect_to(original.get(), local_of(peer.get()));
    send_bytes(peer.get(), Bytes{'p'}, 0);
    shut_down_socket(original.get(), SHUT_WR);
    const UdpSocket before = captured_udp(original.get());
    EXPECT_EQ(before.remote, local_of(peer.get()));
    EXPECT_TRUE(before.shut_down_send);
    EXPECT_FALSE(before.shut_down_receive);
    original.reset();
    const auto performer = built(before, forger);
    EXPECT_EQ(differences_between(before, captured_udp(performer->socket())), "");
  });
}

TEST_P(UdpTest, KeepsTheOrderOfAGroupAndWhatEachMemberHas) {
  expect_inside([] {
    constexpr std::size_t members = 3;
    const SocketOption<int> reuse_port{SOL_SOCKET, SO_REUSEPORT, "SO_REUSEPORT"};
    Forger forger;
    std::vector<FileDescriptor> originals;
    Address address = loopback(GetParam());
    for (std::size_t i = 0; i < members; ++i) {
      originals.push_back(make_udp(GetParam()));
      set_option(originals.back().get(), reuse_port, 1);
      bind_to(originals.back().get(), address);
      address = local_of(originals.back().get());
    }
    std::vector<UdpSocket> before;
    for (int n = 0; n < 30; ++n) send_bytes(sender_to(GetParam(), address).get(), Bytes{'x'}, 0);
    for (const FileDescriptor& each : originals) before.push_back(captured_udp(each.get()));
    originals.clear();
    std::vector<std::unique_ptr<UdpPerformer>> built_ones;
    for (std::size_t i = 0; i < members; ++i) {
      EXPECT_EQ(before[i].group_place, i);
      EXPECT_FALSE(before[i].queue.empty());
      built_ones.push_back(built(before[i], forger));
    }
    for (std::size_t i = 0; i < members; ++i) {
      EXPECT_EQ(differences_between(before[i], captured_udp(built_ones[i]->socket())), "") << i;
    }
  });
}

// By the calls that programs use, and through an image of bytes.
TEST_P(UdpTest, IsCutOutOfAProgram) {
  expect_inside([] {
    FileDescriptor original = bound_udp(GetParam());
    const Address address = local_of(original.get());
    const FileDescriptor peer = sender_to(GetParam(), address);
    send_bytes(peer.get(), Bytes{'q'}, 0);
    const ChildProcess program = start_keeper({original.get()});
    original.reset();
    Checkpoint checkpoint({.pids = {program.pid()}, .image_id = choose_image_id()});
    checkpoint.freeze();
    const Image image = checkpoint.read();
    checkpoint.kill();
    Restoration restoration(image);
    restoration.build();
    restoration.resume();
    Bytes read(10);
    read.resize(receive_bytes(restoration.sockets().front(), read, MSG_DONTWAIT));
    EXPECT_EQ(read, Bytes{'q'});
    connect_to(restoration.sockets().front(), local_of(peer.get()));
    send_bytes(restoration.sockets().front(), Bytes{'a'}, 0);
    EXPECT_EQ(receive_bytes(peer.get(), read, MSG_DONTWAIT), 1u);
  });
}

// Whether it shall run on, or the checkpoint is given up.
TEST_P(UdpTest, IsAsBeforeWhereItIsNotKilled) {
  expect_inside([] {
    FileDescriptor original = bound_udp(GetParam());
    const FileDescriptor peer = sender_to(GetParam(), local_of(original.get()));
    const std::vector<Bytes> sent{{}, {'a'}, {}, {'b'}, {}};
    for (const Bytes& each : sent) send_bytes(peer.get(), each, 0);
    set_option(original.get(), option::peek_offset, 1);
    const UdpSocket before = captured_udp(original.get());
    for (const bool leave_running : {true, false}) {
      const ChildProcess program = start_keeper({original.get()});
      Checkpoint checkpoint({.pids = {program.pid()}, .leave_running = leave_running});
      checkpoint.freeze();
      checkpoint.read();
    }
    EXPECT_EQ(differences_between(before, captured_udp(original.get())), "");
    EXPECT_EQ(get_option(original.get(), option::peek_offset), 1);
    for (const Bytes& each : sent) {
      Bytes read(10);
      read.resize(receive_bytes(original.get(), read, MSG_DONTWAIT));
      EXPECT_EQ(read, each);
    }
  });
}

std::string refusal_of(int socket) {
  try {
    const ChildProcess program = start_keeper({socket});
    Checkpoint checkpoint({.pids = {program.pid()}, .leave_running = true});
    checkpoint.freeze();
    checkpoint.read();
  } catch (const Unsupported& unsupported) {
    return unsupported.what();
  }
  return "";
}

TEST_P(UdpTest, RefusesByNameWhatItWouldLose) {
  expect_inside([] {
    const Address nobody = loopback(GetParam(), 9);
    FileDescriptor corked = bound_udp(GetParam());
    connect_to(corked.get(), nobody);
    send_bytes(corked.get(), Bytes{'c'}, MSG_MORE);
    EXPECT_THAT(refusal_of(corked.get()), HasSubstr("a corked datagram of udp"));

    FileDescriptor refused = bound_udp(GetParam());
    connect_to(refused.get(), nobody);
    send_bytes(refused.get(), Bytes{'r'}, 0);
    EXPECT_THAT(refusal_of(refused.get()), HasSubstr("pending error of udp"));
    EXPECT_EQ(get_option(refused.get(), option::error), ECONNREFUSED);

    FileDescriptor filtered = bound_udp(GetParam());
    sock_filter code[] = {{BPF_RET | BPF_K, 0, 0, 7}};
    const sock_fprog program{.len = 1, .filter = code};
    set_option_bytes(filtered.get(), SOL_SOCKET, SO_ATTACH_FILTER, "SO_ATTACH_FILTER", &program,
                     sizeof program);
    EXPECT_THAT(refusal_of(filtered.get()), HasSubstr("a socket filter of udp"));

    FileDescriptor member = bound_udp(GetParam());
    ip_mreqn group{};
    group.imr_multiaddr.s_addr = htonl(0xef010203);
    group.imr_ifindex = 1;
    set_option_bytes(member.get(), IPPROTO_IP, IP_ADD_MEMBERSHIP, "IP_ADD_MEMBERSHIP", &group,
                     sizeof group);
    EXPECT_THAT(refusal_of(member.get()), HasSubstr("multicast membership of udp"));
    EXPECT_THAT(refusal_of(member.get()), HasSubstr("239.1.2.3:0 on lo"));
  });
}

using UdpRefusalTest = UdpTest;

TEST_P(UdpRefusalTest, OfWhatCannotBePutBackAsItWas) {
  expect_inside([] {
    FileDescriptor anywhere = make_udp(GetParam());
    bind_to(anywhere.get(), end_at(AF_INET, "0.0.0.0", 5354));
    FileDescriptor caller = bound_udp(GetParam());
    set_option(caller.get(), SocketOption<int>{SOL_SOCKET, SO_BROADCAST, "SO_BROADCAST"}, 1);
    connect_to(caller.get(), end_at(AF_INET, "127.255.255.255", 5354));
    send_bytes(caller.get(), Bytes{'b'}, 0);
    EXPECT_THAT(refusal_of(anywhere.get()), HasSubstr("it was not sent to an address of this"));

    FileDescriptor gathers = bound_udp(GetParam());
    set_option(gathers.get(), SocketOption<int>{IPPROTO_UDP, UDP_GRO, "UDP_GRO"}, 1);
    const FileDescriptor sender = sender_to(GetParam(), local_of(gathers.get()));
    set_option(sender.get(), SocketOption<int>{IPPROTO_UDP, UDP_SEGMENT, "UDP_SEGMENT"}, 100);
    send_bytes(sender.get(), pattern(300, 'g'), 0);
    EXPECT_THAT(refusal_of(gathers.get()), HasSubstr("received as one (UDP_GRO)"));
  });
}

INSTANTIATE_TEST_SUITE_P(Flavours, UdpRefusalTest, testing::Values(Flavour{AF_INET, false}));

INSTANTIATE_TEST_SUITE_P(Flavours, UdpTest,
                         testing::Values(Flavour{AF_INET, false}, Flavour{AF_INET6, false},
                                         Flavour{AF_INET6, false, true}, Flavour{AF_INET, true},
                                         Flavour{AF_INET6, true}),
                         [](const auto& one) {
                           const Flavour& f = one.param;
                           return std::string(f.lite ? "lite_" : "") + (f.mapped ? "mapped"
                                                                        : f.domain == AF_INET
                                                                            ? "v4"
                                                                            : "v6");
                         });

// SO_RCVPRIORITY came with Linux 6.14.
TEST(OptionTable, MissesNothingThatANewerKernelHadAndNobodyUsed) {
  constexpr int receive_priority = 82;
  const OptionValue off{SOL_SOCKET, receive_priority, {0, 0, 0, 0}};
  const OptionValue on{SOL_SOCKET, receive_priority, {1, 0, 0, 0}};
  EXPECT_TRUE(without_defaults({off}, {}).empty());
  EXPECT_EQ(without_defaults({on}, {}).size(), 1u);
  EXPECT_EQ(without_defaults({off}, {on}).size(), 1u);
}

TEST(Forge, ChecksumsAreThoseOfTheStandard) {
  const Datagram one{.source = end_at(AF_INET, "192.0.2.2", 7002),
                     .destination = end_at(AF_INET, "192.0.2.1", 7008),
                     .hop_limit = 63,
                     .traffic_class = 0xb9,
                     .payload = {'h', 'i', '!'}};
  const Bytes packet = packet_of(one, false);
  ASSERT_EQ(packet.size(), 31u);
  EXPECT_EQ(packet[1], 0xb9);
  EXPECT_EQ(packet[8], 63);
  EXPECT_EQ(Bytes(packet.begin() + 20, packet.begin() + 26), (Bytes{27, 90, 27, 96, 0, 11}));
  Datagram to_many = one;
  to_many.destination = end_at(AF_INET, "224.0.0.1", 7008);
  EXPECT_THAT(why_not_forged(to_many), HasSubstr("sent to many"));
  EXPECT_EQ(why_not_forged(one), "");
}

}  // namespace
}  // namespace sockcr
