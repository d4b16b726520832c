// Multicast memberships on loopback: found, joined again, and refused where there is no room.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <fstream>

#include "engine/kernel_order.h"
#include "engine/restore.h"
#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/sys/socket_option.h"
#include "engine/udp/membership.h"
#include "tests/engine/udp_world.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using testing::HasSubstr;

using MembershipTest = UdpTest;

bool is_v6(const Flavour& f) { return f.domain == AF_INET6 && !f.mapped; }

Membership group_of(const Flavour& f, int number) {
  Membership one{
      .group = is_v6(f) ? end_at(AF_INET6, "ff15::1", 0) : end_at(AF_INET, "239.1.0.1", 0),
      .device = "lo"};
  one.group.bytes[is_v6(f) ? 15 : 3] = static_cast<std::uint8_t>(number);
  return one;
}

Address host(const Flavour& f, int number) {
  Address address = is_v6(f) ? end_at(AF_INET6, "2001:db8::1", 0) : end_at(AF_INET, "192.0.2.1", 0);
  address.bytes[is_v6(f) ? 15 : 3] = static_cast<std::uint8_t>(number);
  return address;
}

// From all, from two only, from all but one.
std::vector<Membership> sample_memberships(const Flavour& f) {
  std::vector<Membership> all{group_of(f, 1), group_of(f, 2), group_of(f, 3)};
  all[1].include = true;
  all[1].sources = {host(f, 9), host(f, 7)};
  all[2].sources = {host(f, 8)};
  return all;
}

TEST_P(MembershipTest, AreFoundAsTheyWereJoinedAndJoinedAsTheyWereFound) {
  expect_inside([] {
    Forger forger;
    FileDescriptor original = bound_udp(GetParam());
    const std::vector<Membership> wanted = sample_memberships(GetParam());
    for (const Membership& one : wanted) join(original.get(), one);
    const UdpSocket before = captured_udp(original.get());
    EXPECT_TRUE(before.memberships == wanted);
    EXPECT_FALSE(before.in_kernel_order);
    original.reset();
    const auto performer = built(before, forger);
    EXPECT_EQ(differences_between(before, captured_udp(performer->socket())), "");
  });
}

// No IPv6 packet to a group leaves by lo: multicast_order has that.
class HeardByGroupTest : public UdpTest {};

// Its sender is one whom the group is not heard from any more.
TEST_P(HeardByGroupTest, ComesBack) {
  expect_inside([] {
    const Flavour& f = GetParam();
    Forger forger;
    FileDescriptor original = make_udp(f);
    bind_to(original.get(), end_at(f.domain, f.domain == AF_INET6 ? "::" : "0.0.0.0", 7001));
    Membership one = group_of(f, 1);
    join(original.get(), one);
    const FileDescriptor sender = bound_udp({AF_INET, f.lite});
    const ip_mreqn by_lo{.imr_multiaddr = {}, .imr_address = {}, .imr_ifindex = 1};
    set_option(sender.get(), SocketOption<ip_mreqn>{IPPROTO_IP, IP_MULTICAST_IF, "if"}, by_lo);
    Address to = one.group;
    to.port = 7001;
    connect_to(sender.get(), to);
    send_bytes(sender.get(), Bytes{'m'}, 0);
    one.sources = {unmapped(local_of(sender.get()))};
    one.sources[0].port = 0;
    filter_sources(original.get(), one);
    const UdpSocket before = captured_udp(original.get());
    ASSERT_EQ(before.queue.size(), 1u);
    EXPECT_EQ(before.queue[0].device, "lo");
    original.reset();
    const auto performer = built(before, forger);
    EXPECT_EQ(differences_between(before, captured_udp(performer->socket())), "");
    EXPECT_EQ(captured_udp(performer->socket()).queue.at(0).hop_limit, 0);
  });
}

std::string refusal_of(const UdpSocket& socket) {
  Image image;
  image.sockets = {socket};
  image.where.resize(1);
  try {
    plans_of(image);
  } catch (const SystemError& error) {
    return error.what();
  }
  return "planned";
}

TEST_P(MembershipTest, ArePlannedOnlyWhereAllHaveRoom) {
  expect_inside([] {
    UdpSocket socket{.domain = static_cast<std::uint16_t>(GetParam().domain)};
    socket.memberships = sample_memberships(GetParam());
    EXPECT_EQ(refusal_of(socket), "planned");
    socket.memberships[2].device = "nowhere0";
    EXPECT_THAT(refusal_of(socket), HasSubstr("a group of device nowhere0, which has to be there"));
    socket.memberships[2].device = "lo";
    if (is_v6(GetParam())) return;  // of IPv6 only memory is limited
    std::ofstream("/proc/sys/net/ipv4/igmp_max_memberships") << 2;
    EXPECT_THAT(refusal_of(socket),
                HasSubstr("net.ipv4.igmp_max_memberships is 2 here, and has to be 3"));
    std::ofstream("/proc/sys/net/ipv4/igmp_max_memberships") << 20;
    std::ofstream("/proc/sys/net/ipv4/igmp_max_msf") << 1;
    EXPECT_THAT(refusal_of(socket), HasSubstr("net.ipv4.igmp_max_msf is 1 here, and has to be 2"));
  });
}

INSTANTIATE_TEST_SUITE_P(Flavours, MembershipTest, every_flavour(),
                         [](const auto& one) { return to_text(one.param); });

INSTANTIATE_TEST_SUITE_P(Flavours, HeardByGroupTest,
                         testing::Values(Flavour{AF_INET, false}, Flavour{AF_INET6, false, true},
                                         Flavour{AF_INET, true}),
                         [](const auto& one) { return to_text(one.param); });

TEST(KernelOrder, IsThatOfTheListAndOfNothingElse) {
  const Flavour f{AF_INET, false};
  const std::vector<Membership> found{group_of(f, 1), group_of(f, 2)};
  const auto entry = [&](int number, std::uint32_t interface) {
    return KernelReader::OrderedGroup{group_of(f, number).group, host(f, number), interface};
  };
  constexpr std::uint32_t lo = 1, gone = 4'000'000;
  std::vector<Membership> ordered = found;
  ASSERT_TRUE(put_in_kernel_order(ordered, {entry(2, lo), entry(1, gone), entry(1, lo)}));
  EXPECT_EQ(ordered[0].group, found[1].group);
  EXPECT_EQ(ordered[0].chosen_by, host(f, 2));
  EXPECT_EQ(ordered[1].group, found[0].group);
  ordered = found;
  EXPECT_FALSE(put_in_kernel_order(ordered, {entry(2, lo)}));
  EXPECT_TRUE(ordered == found);
}

}  // namespace
}  // namespace sockcr
