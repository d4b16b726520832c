// UDP and UDP-Lite sockets on loopback, captured and built again: their queues, peers and groups.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/udp.h>

#include "engine/checkpoint.h"
#include "engine/restore.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "tests/engine/udp_world.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

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

// As each of them would have come to a kernel that gathers nothing.
TEST_P(UdpTest, KeepsEachOfThoseThatWereGathered) {
  if (GetParam().lite) GTEST_SKIP() << "UDP-Lite gathers nothing";
  expect_inside([] {
    FileDescriptor original = bound_udp(GetParam());
    const int ours = original.get();
    set_option(ours, SocketOption<int>{IPPROTO_UDP, UDP_GRO, "UDP_GRO"}, 1);
    const FileDescriptor sender = sender_to(GetParam(), local_of(ours));
    const SocketOption<int> segment{IPPROTO_UDP, UDP_SEGMENT, "UDP_SEGMENT"};
    send_bytes(sender.get(), pattern(40, 'a'), 0);
    set_option(sender.get(), segment, 100);
    send_bytes(sender.get(), pattern(250, 'g'), 0);
    set_option(sender.get(), segment, 0);
    send_bytes(sender.get(), pattern(60, 'z'), 0);

    const UdpSocket captured = captured_udp(ours);
    std::vector<std::size_t> lengths;
    Bytes together;
    for (const Datagram& one : captured.queue) {
      lengths.push_back(one.payload.size());
      together.insert(together.end(), one.payload.begin(), one.payload.end());
    }
    EXPECT_THAT(lengths, testing::ElementsAre(40, 100, 100, 50, 60));
    EXPECT_EQ(Bytes(together.begin() + 40, together.begin() + 290), pattern(250, 'g'));
    original.reset();
    Forger forger;
    const auto rebuilt = built(captured, forger);
    EXPECT_EQ(differences_between(captured, captured_udp(rebuilt->socket())), "");
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

INSTANTIATE_TEST_SUITE_P(Flavours, UdpTest, every_flavour(),
                         [](const auto& one) { return to_text(one.param); });

}  // namespace
}  // namespace sockcr
