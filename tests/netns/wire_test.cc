#include "netns/laboratory.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <tuple>

#include "engine/sys/error.h"
#include "engine/sys/interface.h"
#include "engine/sys/poll.h"
#include "engine/sys/socket.h"
#include "netns/address.h"
#include "netns/counters.h"
#include "netns/offload.h"
#include "tests/netns/world.h"

namespace sockcr::netns {
namespace {

using namespace std::chrono_literals;

void check_conversations() {
  const Laboratory laboratory;
  for (const int family : {AF_INET, AF_INET6}) {
    for (const End from : {End::ours, End::peer}) {
      const Connection connection = connect_over(laboratory, family, from);
      EXPECT_EQ(exchange(connection.ours.get(), connection.peer.get(), "to the peer"),
                "to the peer");
      EXPECT_EQ(exchange(connection.peer.get(), connection.ours.get(), "to ours"), "to ours");
      EXPECT_NE(information(connection.ours.get()).tcpi_rcv_wscale,
                information(connection.peer.get()).tcpi_rcv_wscale);
    }
  }
}

TEST(Wire, CarriesTcpBothWaysForRoot) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside(check_conversations);
}

TEST(Wire, CarriesTcpBothWaysForNobody) {
  SKIP_WITHOUT_SANDBOX();
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become nobody";
  expect_inside_as_nobody(check_conversations);
}

bool can_bind_to(int family, const std::string& text) {
  const FileDescriptor socket = make_socket(family, SOCK_STREAM, IPPROTO_TCP);
  auto address = Laboratory::address(End::ours, family, 0);
  void* bytes = family == AF_INET6
                    ? static_cast<void*>(&reinterpret_cast<sockaddr_in6&>(address).sin6_addr)
                    : static_cast<void*>(&reinterpret_cast<sockaddr_in&>(address).sin_addr);
  if (::inet_pton(family, text.c_str(), bytes) != 1) throw std::invalid_argument(text);
  return ::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

TEST(Address, ComesAndGoes) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    const Laboratory laboratory;
    const std::string device = Laboratory::device(End::ours);
    for (const auto& [family, address, prefix] :
         {std::tuple{AF_INET, "192.0.2.77", "/24"}, std::tuple{AF_INET6, "2001:db8::4d", "/64"}}) {
      EXPECT_FALSE(can_bind_to(family, address));
      add_address(device, std::string(address) + prefix);
      EXPECT_TRUE(can_bind_to(family, address));
      remove_address(device, std::string(address) + prefix);
      EXPECT_FALSE(can_bind_to(family, address));
      EXPECT_TRUE(can_bind_to(family, Laboratory::address_text(End::ours, family)));
      EXPECT_THROW(remove_address(device, std::string(address) + prefix), SystemError);
    }
  });
}

FileDescriptor listen_to_frames(const Laboratory& laboratory, End end) {
  const NetworkNamespace::Scope scope(laboratory.inside(end));
  FileDescriptor socket = make_socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(interface_index(Laboratory::device(end)));
  bind_socket(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  return socket;
}

std::size_t longest_frame(int socket) {
  std::size_t longest = 0;
  std::uint8_t buffer[65536];
  while (readable_within(socket, 0s)) {
    longest = std::max(longest, receive_bytes(socket, buffer, MSG_DONTWAIT | MSG_TRUNC));
  }
  return longest;
}

TEST(Wire, ShowsFramesAsAWireWouldCarryThem) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    const Laboratory laboratory;
    for (const int family : {AF_INET, AF_INET6}) {
      const Connection connection = connect_over(laboratory, family, End::ours);
      const FileDescriptor frames = listen_to_frames(laboratory, End::peer);
      const std::string words(60000, 'w');
      EXPECT_EQ(exchange(connection.ours.get(), connection.peer.get(), words), words);
      EXPECT_EQ(longest_frame(frames.get()), 1514U);
    }
  });
}

TEST(Wire, HasNoOffloads) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    const Laboratory laboratory;
    for (const End end : {End::ours, End::peer}) {
      const NetworkNamespace::Scope scope(laboratory.inside(end));
      EXPECT_TRUE(active_offloads(Laboratory::device(end)).empty());
    }
  });
}

// Every sandbox is fresh: the race is between the address and its route.
TEST(Wire, LosesNoFirstSegmentOverIpv6) {
  SKIP_WITHOUT_SANDBOX();
  for (int attempt = 0; attempt < 50; ++attempt) {
    ASSERT_TRUE(passes_inside([] {
      const Laboratory laboratory;
      const auto start = Clock::now();
      const Connection connection = connect_over(laboratory, AF_INET6, End::ours);
      EXPECT_LT(Clock::now() - start, 500ms);
    })) << "attempt "
        << attempt;
  }
}

TEST(Wire, IsSilentBetweenConversations) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    const Laboratory laboratory;
    const FileDescriptor frames = listen_to_frames(laboratory, End::peer);
    for (const int family : {AF_INET, AF_INET6}) connect_over(laboratory, family, End::ours);
    std::uint8_t frame[2048];
    int others = 0;
    while (readable_within(frames.get(), 20ms)) {
      const std::size_t length = receive_bytes(frames.get(), frame, 0);
      const int protocol = frame[12] == 0x08 ? frame[23] : length > 20 ? frame[20] : 0;
      if (protocol != IPPROTO_TCP && frame[20] != 0) ++others;  // 0: hop-by-hop, hence MLD
    }
    EXPECT_EQ(others, 0) << "frames that are neither TCP nor MLD";
  });
}

TEST(Sysctls, AreAsTheTableSays) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    const Laboratory laboratory;
    for (const AppliedSysctl& one : laboratory.sysctls()) {
      const NetworkNamespace::Scope scope(laboratory.inside(one.end));
      if (!one.present) continue;
      std::string value = read_sysctl(one.name).value_or("gone");
      std::replace(value.begin(), value.end(), '\t', ' ');
      EXPECT_EQ(value, one.value) << one.name;
    }
  });
}

TEST(Sysctls, GiveWayToACasesWish) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    const SysctlOverride wishes[] = {{"net.ipv4.tcp_timestamps", "0"},
                                     {"net.ipv4.tcp_sack", "0", End::peer}};
    const Laboratory laboratory(wishes);
    EXPECT_EQ(read_sysctl("net.ipv4.tcp_sack"), "1");
    const Connection connection = connect_over(laboratory, AF_INET, End::ours);
    const auto options = information(connection.ours.get()).tcpi_options;
    EXPECT_EQ(options & (TCPI_OPT_TIMESTAMPS | TCPI_OPT_SACK), 0);
  });
}

TEST(Sysctls, RefuseAWishThatThisKernelDoesNotKnow) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    const SysctlOverride wishes[] = {{"net.ipv4.tcp_telepathy", "1"}};
    EXPECT_THROW(Laboratory{wishes}, Unsupported);
  });
}

}  // namespace
}  // namespace sockcr::netns
