// A real capture over a veth pair in two fresh namespaces. Needs CAP_SYS_ADMIN and CAP_NET_RAW.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <functional>
#include <optional>

#include "engine/sys/call.h"
#include "engine/sys/error.h"
#include "engine/sys/interface.h"
#include "engine/sys/netlink.h"
#include "engine/sys/poll.h"
#include "engine/sys/setns.h"
#include "engine/sys/socket.h"
#include "pcap/decode.h"
#include "pcap/sentinel.h"
#include "tests/pcap/frames.h"

namespace sockcr::pcap::test {
namespace {

void make_veth(const std::string& ours, const std::string& peer,
               const NetworkNamespace& peer_namespace) {
  NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  ifinfomsg header{};
  message.append(&header, sizeof header);
  nl_msg* raw = message.get();
  nla_put_string(raw, IFLA_IFNAME, ours.c_str());
  nlattr* info = nla_nest_start(raw, IFLA_LINKINFO);
  nla_put_string(raw, IFLA_INFO_KIND, "veth");
  nlattr* data = nla_nest_start(raw, IFLA_INFO_DATA);
  nlattr* other = nla_nest_start(raw, VETH_INFO_PEER);
  message.append(&header, sizeof header);
  nla_put_string(raw, IFLA_IFNAME, peer.c_str());
  nla_put_u32(raw, IFLA_NET_NS_FD, static_cast<std::uint32_t>(peer_namespace.get()));
  nla_nest_end(raw, other);
  nla_nest_end(raw, data);
  nla_nest_end(raw, info);
  NetlinkSocket(NETLINK_ROUTE).request(message, "make a veth pair");
}

void bring_up(const std::string& device, std::uint32_t mtu = 1500) {
  NetlinkMessage message(RTM_NEWLINK, 0);
  ifinfomsg header{};
  header.ifi_index = static_cast<int>(interface_index(device));
  header.ifi_flags = header.ifi_change = IFF_UP;
  message.append(&header, sizeof header);
  nla_put_u32(message.get(), IFLA_MTU, mtu);
  NetlinkSocket(NETLINK_ROUTE).request(message, "bring a device up");
}

bool is_running(const std::string& device) {
  const FileDescriptor socket = make_socket(AF_INET, SOCK_DGRAM, 0);
  ifreq request{};
  device.copy(request.ifr_name, IFNAMSIZ - 1);
  call(
      "ioctl", [&] { return ioctl(socket.get(), SIOCGIFFLAGS, &request); },
      [&] { return "SIOCGIFFLAGS, " + device; });
  return (request.ifr_flags & IFF_RUNNING) != 0;
}

// The end that was up first gets its carrier through the kernel's linkwatch queue, up to a second
// later when both ends have the same index; until then its queue is noop and swallows frames. The
// second bring_up waits for the lock under which linkwatch replaces that queue.
void bring_up_and_wait(const std::string& device, std::uint32_t mtu = 1500) {
  ASSERT_TRUE(poll_until(std::chrono::seconds(5), [&] { return is_running(device); }));
  bring_up(device, mtu);
}

class Live : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "makes network namespaces: needs root";
    ours.emplace(NetworkNamespace::create());
    peer.emplace(NetworkNamespace::create());
    const NetworkNamespace::Scope inside(*ours);
    make_veth("ours", "peer", *peer);
    bring_up("ours");
    {
      const NetworkNamespace::Scope there(*peer);
      bring_up("peer");
      bring_up_and_wait("peer");
    }
    bring_up_and_wait("ours");
  }

  Capture capture_at_peer(const CaptureOptions& options = {}) const {
    const NetworkNamespace::Scope inside(*peer);
    return Capture("peer", options);
  }
  MarkSender sender_at_ours() const {
    const NetworkNamespace::Scope inside(*ours);
    return MarkSender("ours");
  }
  // A packet socket that puts whole frames on the wire.
  FileDescriptor raw_socket_at_ours() const {
    const NetworkNamespace::Scope inside(*ours);
    FileDescriptor socket = make_socket(AF_PACKET, SOCK_RAW, 0);
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_ifindex = static_cast<int>(interface_index("ours"));
    bind_socket(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    return socket;
  }

  std::optional<NetworkNamespace> ours, peer;
};

std::vector<std::uint8_t> numbered(std::uint32_t number, std::size_t payload) {
  TcpSegment tcp;
  tcp.seq = number;
  tcp.payload.assign(payload, 'x');
  return tcp_frame({{}, {}, Address::parse("192.0.2.1"), Address::parse("192.0.2.2")}, tcp);
}

cpu_set_t cpu_mask() {
  cpu_set_t mask;
  sched_getaffinity(0, sizeof mask, &mask);
  return mask;
}

TEST_F(Live, MarksComeFromEachCpuAndTheMaskIsPutBack) {
  Capture capture = capture_at_peer();
  MarkSender sender = sender_at_ours();
  const cpu_set_t before = cpu_mask();
  drain_until_mark(capture, sender.send(phase::gate_closed));
  drain_until_mark(capture, sender.send(phase::frozen, 2));
  const cpu_set_t after = cpu_mask();
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
  const Recording recording = capture.recording();
  ASSERT_EQ(recording.marks.size(), 2U);
  EXPECT_EQ(recording.marks[0].frames, static_cast<std::size_t>(CPU_COUNT(&before)));
  EXPECT_EQ(recording.marks[1].mark.round, 2);
  EXPECT_LT(recording.marks[0].last, recording.marks[1].first);
}

constexpr std::uint32_t phases = 20, packets_a_phase = 50;

// Packets whose sequence numbers are the phase, then its mark; `between` looks at each mark.
void send_phases(int wire, MarkSender& sender,
                 const std::function<void(std::uint32_t serial)>& between) {
  for (std::uint32_t i = 0; i < phases; ++i) {
    for (std::uint32_t n = 0; n < packets_a_phase; ++n) send_bytes(wire, numbered(i, 900), 0);
    between(sender.send("phase"));
  }
}

TEST_F(Live, NothingSentBeforeAMarkStandsBehindIt) {
  Capture capture = capture_at_peer();
  MarkSender sender = sender_at_ours();
  const FileDescriptor wire = raw_socket_at_ours();
  std::uint32_t last = 0;
  send_phases(wire.get(), sender, [&](std::uint32_t serial) { last = serial; });
  drain_until_mark(capture, last);
  const Recording recording = capture.recording();
  ASSERT_EQ(recording.marks.size(), phases);
  const std::size_t frames = recording.marks[0].mark.count;
  EXPECT_EQ(recording.packets.size(), phases * (packets_a_phase + frames));
  for (const Packet& packet : recording.packets) {
    const Frame frame = decode(packet);
    if (!frame.tcp) continue;
    EXPECT_LT(packet.number, recording.marks[frame.tcp->seq].last);
  }
}

TEST_F(Live, NothingSentBehindASeenMarkStandsBeforeIt) {
  Capture capture = capture_at_peer();
  MarkSender sender = sender_at_ours();
  const FileDescriptor wire = raw_socket_at_ours();
  send_phases(wire.get(), sender, [&](std::uint32_t serial) { drain_until_mark(capture, serial); });
  const Recording recording = capture.recording();
  for (std::uint32_t i = 0; i + 1 < phases; ++i) {
    const std::size_t behind = recording.marks[i].last + 1;
    EXPECT_EQ(decode(recording.packet(behind)).tcp->seq, i + 1);
    EXPECT_GE(recording.marks[i + 1].last, behind + packets_a_phase);
  }
}

TEST_F(Live, HoldsThousandsOfPacketsBetweenTwoDrains) {
  Capture capture = capture_at_peer();
  MarkSender sender = sender_at_ours();
  const FileDescriptor wire = raw_socket_at_ours();
  for (std::uint32_t n = 0; n < 3000; ++n) send_bytes(wire.get(), numbered(n, 1400), 0);
  drain_until_mark(capture, sender.send("end"));
  EXPECT_EQ(capture.recording().marks.at(0).first, 3001U);
  EXPECT_EQ(capture.packets()[2999].bytes.size(), capture.packets()[2999].original_length);
}

TEST_F(Live, TakesJumboFramesWhole) {
  const auto grow = [](const NetworkNamespace& where, const std::string& device) {
    const NetworkNamespace::Scope inside(where);
    bring_up(device, 9000);
  };
  grow(*ours, "ours");
  grow(*peer, "peer");
  CaptureOptions jumbo;
  jumbo.snap_length = 9014;
  Capture capture = capture_at_peer(jumbo);
  MarkSender sender = sender_at_ours();
  send_bytes(raw_socket_at_ours().get(), numbered(1, 8960), 0);
  drain_until_mark(capture, sender.send("end"));
  EXPECT_EQ(capture.packets().at(0).bytes.size(), 9014U);
}

TEST_F(Live, AnIncompleteCaptureIsTrouble) {
  CaptureOptions small;
  small.buffer_bytes = 64 << 10;
  Capture capture = capture_at_peer(small);
  MarkSender sender = sender_at_ours();
  const FileDescriptor wire = raw_socket_at_ours();
  for (std::uint32_t n = 0; n < 2000; ++n) send_bytes(wire.get(), numbered(n, 1400), 0);
  EXPECT_THROW(drain_until_mark(capture, sender.send("end"), std::chrono::milliseconds(200)),
               SystemError);
  EXPECT_GT(capture.dropped(), 0U);
}

TEST_F(Live, ACutPacketIsTrouble) {
  CaptureOptions narrow;
  narrow.snap_length = 200;
  Capture capture = capture_at_peer(narrow);
  MarkSender sender = sender_at_ours();
  drain_until_mark(capture, sender.send("before"));
  send_bytes(raw_socket_at_ours().get(), numbered(1, 900), 0);
  EXPECT_THROW(drain_until_mark(capture, sender.send("behind")), SystemError);
  EXPECT_EQ(capture.dropped(), 0U);
}

TEST_F(Live, AMarkThatNeverComesIsTrouble) {
  Capture capture = capture_at_peer();
  try {
    drain_until_mark(capture, 77, std::chrono::milliseconds(20));
    FAIL() << "mark 77 was never sent";
  } catch (const SystemError& error) {
    EXPECT_EQ(error.error_number(), ETIME);
  }
}

TEST_F(Live, TheFilterTakesTcpBehindExtensionHeadersAndLeavesMldOut) {
  Capture capture = capture_at_peer();
  MarkSender sender = sender_at_ours();
  const FileDescriptor wire = raw_socket_at_ours();
  const Route v6{{}, {}, Address::parse("2001:db8::1"), Address::parse("2001:db8::2")};
  const auto hop_by_hop = unhex("06 00 010400000000"), mld = unhex("3a 00 0502 0000 0100");
  send_bytes(wire.get(), tcp_frame(v6, {}), 0);
  send_bytes(wire.get(), tcp_frame(v6, {}, hop_by_hop, 0), 0);
  send_bytes(wire.get(), tcp_frame(v6, {}, hop_by_hop, 60), 0);
  send_bytes(wire.get(), tcp_frame(v6, {}, mld, 0), 0);
  drain_until_mark(capture, sender.send("end"));
  const Recording recording = capture.recording();
  EXPECT_EQ(recording.marks.at(0).first, 4U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(decode(recording.packets[i]).tcp) << i;
}

TEST_F(Live, NamesTheDeviceThatIsNotThere) {
  const NetworkNamespace::Scope inside(*peer);
  EXPECT_THROW(Capture("ours"), SystemError);
  EXPECT_THROW(MarkSender("ours"), SystemError);
  CaptureOptions nonsense;
  nonsense.filter = "not a filter";
  EXPECT_THROW(Capture("peer", nonsense), SystemError);
}

}  // namespace
}  // namespace sockcr::pcap::test
