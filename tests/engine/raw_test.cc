// Raw sockets on loopback, captured and built again: their options, queues and peers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <algorithm>
#include <cstring>

#include "engine/checkpoint.h"
#include "engine/image/diff.h"
#include "engine/options/router_alert.h"
#include "engine/raw/capture.h"
#include "engine/raw/plan.h"
#include "engine/raw/queue.h"
#include "engine/restore.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/tcp/clock.h"
#include "engine/udp/perform.h"
#include "scenarios/language/legal_options.h"
#include "scenarios/language/option_sweep.h"
#include "tests/engine/udp_world.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

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

void set_at_random(int socket, scenario::Draw& draw) {
  scenario::set_options(socket, scenario::draw_options(scenario::nature_of(socket), "lo",
                                                       scenario::Leave::nothing, draw));
}

TEST_P(RawTest, KeepsWhatAProgramHasSetInAnyOrder) {
  expect_inside([] {
    constexpr unsigned first_seed = 1, seeds = 60;
    for (unsigned seed = first_seed; seed < first_seed + seeds; ++seed) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      scenario::Draw draw(seed);
      Forger forger;
      FileDescriptor original = make_raw(GetParam());
      set_at_random(original.get(), draw);
      if (seed % 4 != 0) bind_to(original.get(), loopback(GetParam()));
      const scenario::OptionSweep seen = scenario::sweep_options(original.get());
      const RawSocket before = taken(original.get());
      original.reset();
      const auto performer = built(before, forger);
      ASSERT_EQ(differences_of(before, taken(performer->socket())), "");
      ASSERT_EQ(scenario::differences_between(seen, scenario::sweep_options(performer->socket())),
                "");
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
// As a kernel is asked that has no getsockopt for it.
TEST_F(RawDefaultsTest, RouterAlertIsFoundByTrying) {
  constexpr SocketOption<int> router_alert{IPPROTO_IP, IP_ROUTER_ALERT, "IP_ROUTER_ALERT"};
  const FileDescriptor socket = make_raw({AF_INET, 253});
  EXPECT_FALSE(stands_among_routers(socket.get()));
  EXPECT_FALSE(stands_among_routers(socket.get())) << "it was left on";
  set_option(socket.get(), router_alert, 1);
  EXPECT_TRUE(stands_among_routers(socket.get()));
  EXPECT_TRUE(stands_among_routers(socket.get())) << "it was turned off";
  EXPECT_FALSE(stands_among_routers(make_raw({AF_INET, IPPROTO_RAW}).get()));
}

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
