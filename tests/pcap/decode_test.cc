#include "pcap/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <array>
#include <random>

#include "pcap/checksum.h"
#include "pcap/text.h"
#include "tests/pcap/frames.h"

namespace sockcr::pcap::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Both frames were made by scapy.
constexpr std::string_view v4_frame =
    "020000000002 020000000001 0800"
    "4500004b 00070000 4006f6a2 c0000201 c0000202"
    "1b591b5a 000003e8 000007d0 d0180200 535e0000"
    "0101080a 0000000b 00000016 0101 0512 00000bb8 00000c1c 00000c80 00000ce4 6f6464";
constexpr std::string_view v6_frame =
    "020000000002 020000000001 86dd"
    "60000000 00410040 20010db8000000000000000000000001 20010db8000000000000000000000002"
    "3c00 010400000000 0600 010400000000"
    "1b591b5a ffffffff 00000000 b002ffff 0d750000"
    "020405a0 0402 080a 00000001 00000000 01 030307 fe040102 3132333435";

TEST(Decode, ReadsIpv4AndTcp) {
  const Frame frame = decode(packet_of(unhex(v4_frame)));
  EXPECT_EQ(frame.trouble, "");
  EXPECT_EQ(to_text(frame.source), "02:00:00:00:00:01");
  ASSERT_TRUE(frame.ip && frame.tcp);
  EXPECT_EQ(to_text(frame.ip->source), "192.0.2.1");
  EXPECT_EQ(frame.ip->checksum_right, true);
  const TcpSegment& tcp = *frame.tcp;
  EXPECT_EQ(tcp.seq, 1000U);
  EXPECT_EQ(tcp.ack, 2000U);
  EXPECT_EQ(flags_text(tcp.flags), "P.");
  EXPECT_EQ(tcp.window, 512);
  EXPECT_EQ(tcp.payload, bytes("odd"));
  EXPECT_EQ(tcp.checksum_right, true);
  EXPECT_EQ(*tcp.find<option::Timestamps>(), (option::Timestamps{11, 22}));
  EXPECT_THAT(tcp.find<option::Sack>()->blocks,
              ElementsAre(option::Sack::Block{3000, 3100}, option::Sack::Block{3200, 3300}));
  EXPECT_EQ(tcp.find<option::MaxSegment>(), nullptr);
}

TEST(Decode, ReadsIpv6BehindExtensionHeaders) {
  const Frame frame = decode(packet_of(unhex(v6_frame)));
  EXPECT_EQ(frame.trouble, "");
  ASSERT_TRUE(frame.ip && frame.tcp);
  EXPECT_EQ(to_text(frame.ip->destination), "2001:db8::2");
  EXPECT_FALSE(frame.ip->checksum_right.has_value());
  EXPECT_EQ(frame.tcp->checksum_right, true);
  EXPECT_EQ(frame.tcp->sequence_length(), 6U);
  EXPECT_THAT(frame.tcp->options, ElementsAre(option::MaxSegment{1440}, option::SackPermitted{},
                                              option::Timestamps{1, 0}, option::NoOperation{},
                                              option::WindowScale{7}, option::Raw{254, {1, 2}}));
}

void expect_every_flipped_bit_seen(std::string_view digits, std::size_t tcp_offset) {
  const std::vector<std::uint8_t> good = unhex(digits);
  for (std::size_t bit = 8 * tcp_offset; bit < 8 * good.size(); ++bit) {
    auto bad = good;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const Frame frame = decode(packet_of(bad));
    EXPECT_TRUE(!frame.trouble.empty() || frame.tcp->checksum_right == false) << bit;
  }
}

TEST(Decode, SeesEveryFlippedBit) {
  expect_every_flipped_bit_seen(v4_frame, 14 + 20);
  expect_every_flipped_bit_seen(v6_frame, 14 + 40 + 16);
}

TEST(Decode, LeavesEthernetPaddingOut) {
  auto padded = unhex(v4_frame);
  padded.resize(padded.size() + 9, 0xee);
  const Frame frame = decode(packet_of(padded));
  EXPECT_EQ(frame.tcp->payload, bytes("odd"));
  EXPECT_EQ(frame.tcp->checksum_right, true);
}

TEST(Decode, SaysWhereAPacketIsCut) {
  for (const std::string_view digits : {v4_frame, v6_frame}) {
    const auto whole = unhex(digits);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      Packet packet = packet_of({whole.begin(), whole.begin() + static_cast<long>(length)});
      packet.original_length = whole.size();
      const Frame frame = decode(packet);
      EXPECT_NE(frame.trouble, "") << length;
      EXPECT_TRUE(!frame.tcp || !frame.tcp->checksum_right.has_value()) << length;
    }
  }
}

struct Malformed {
  std::size_t offset;
  std::uint8_t value;
  std::string_view why;
};

TEST(Decode, SaysWhyItStopped) {
  constexpr std::size_t ip = 14, tcp = 34;
  for (const Malformed& each : std::vector<Malformed>{
           {ip, 0x55, "IPv4 header starting 0x55"},
           {ip, 0x44, "IPv4 header starting 0x44"},
           {ip, 0x4f, "TCP"},
           {ip + 3, 19, "IPv4 total length of 19 with a header of 20"},
           {ip + 3, 30, "TCP header cut at 10 bytes"},
           {ip + 6, 0x20, "a fragment"},
           {ip + 7, 0x01, "a fragment"},
           {tcp + 12, 0x40, "TCP data offset of 16"},
           {tcp + 12, 0xf0, "TCP data offset of 60 in 55 bytes"},
           {tcp + 23, 0, "TCP option 8 of length 0"},
           {tcp + 23, 1, "TCP option 8 of length 1"},
           {tcp + 35, 0x1d, "TCP option 5 of length 29 passes the end"},
       }) {
    auto frame = unhex(v4_frame);
    frame[each.offset] = each.value;
    EXPECT_THAT(decode(packet_of(frame)).trouble, HasSubstr(each.why));
  }
}

TEST(Decode, KeepsKnownOptionsOfWrongLengthRaw) {
  std::string trouble;
  EXPECT_THAT(decode_options(unhex("020305 030300 0705080000"), trouble),
              ElementsAre(option::Raw{2, {5}}, option::WindowScale{0}, option::Raw{7, {8, 0, 0}}));
  EXPECT_EQ(trouble, "");
}

TEST(Decode, CannotTellTheChecksumBehindARoutingHeader) {
  const Route route{{}, {}, Address::parse("2001:db8::1"), Address::parse("2001:db8::2")};
  const auto with = [&](std::string_view header) {
    return decode(packet_of(tcp_frame(route, {}, unhex(header), 43)));
  };
  EXPECT_EQ(with("06 02 00 00 00000000 20010db8000000000000000000000003").tcp->checksum_right,
            true);
  EXPECT_FALSE(with("06 02 00 01 00000000 20010db8000000000000000000000003")
                   .tcp->checksum_right.has_value());
}

TEST(Decode, IsNotConcernedWithOtherProtocols) {
  auto arp = unhex(v4_frame);
  arp[13] = 0x06;
  EXPECT_FALSE(decode(packet_of(arp)).ip);
  auto sctp = unhex(v4_frame);
  sctp[14 + 9] = 132;
  const Frame frame = decode(packet_of(sctp));
  EXPECT_TRUE(frame.ip && !frame.tcp && !frame.udp);
  EXPECT_EQ(frame.trouble, "");
}

// Made by scapy.
constexpr std::string_view udp_v4_frame =
    "020000000002020000000001080045b90021000100003f11f70ec0000201c00002021b591b5a000d014b68656c6c6"
    "f";
constexpr std::string_view udp_v6_frame =
    "02000000000202000000000186dd600000000008114020010db800000000000000000000000120010db80000000000"
    "000000000000021b591b5a00086db6";

TEST(Decode, ReadsUdp) {
  const Frame frame = decode(packet_of(unhex(udp_v4_frame)));
  EXPECT_EQ(frame.trouble, "");
  ASSERT_TRUE(frame.ip && frame.udp && !frame.tcp);
  EXPECT_EQ(frame.ip->traffic_class, 0xb9);
  EXPECT_EQ(frame.udp->source_port, 7001);
  EXPECT_EQ(frame.udp->destination_port, 7002);
  EXPECT_EQ(frame.udp->payload, bytes("hello"));
  EXPECT_EQ(frame.udp->checksum_right, true);
  const Frame empty = decode(packet_of(unhex(udp_v6_frame)));
  ASSERT_TRUE(empty.udp);
  EXPECT_TRUE(empty.udp->payload.empty());
  EXPECT_EQ(empty.udp->checksum_right, true);
}

TEST(Decode, SaysWhatIsWrongWithUdp) {
  auto frame = unhex(udp_v4_frame);
  frame.back() ^= 1;
  EXPECT_EQ(decode(packet_of(frame)).udp->checksum_right, false);
  frame = unhex(udp_v4_frame);
  frame[14 + 20 + 5] = 12;
  EXPECT_EQ(decode(packet_of(frame)).trouble, "UDP length of 12 in 13 bytes");
  frame[14 + 9] = 136;  // UDP-Lite: a checksum over the first 12 bytes
  const Frame lite = decode(packet_of(frame));
  EXPECT_EQ(lite.trouble, "");
  EXPECT_FALSE(lite.udp->checksum_right.has_value());
  EXPECT_EQ(lite.udp->payload, bytes("hello"));
}

TEST(Checksum, FollowsTheRfc) {
  // RFC 1071, section 3.
  EXPECT_EQ(internet_checksum(unhex("0001f203f4f5f6f7")), 0x220d);
  EXPECT_EQ(internet_checksum(unhex("0001f203f4f5f6f700")), 0x220d);
  EXPECT_EQ(internet_checksum(unhex("01")), 0xfeff);
  EXPECT_EQ(internet_checksum({}), 0xffff);
}

// What a sanitizer build would catch: the bytes end where the allocation does.
Packet exactly(const std::vector<std::uint8_t>& raw) {
  Packet packet = packet_of(raw);
  packet.bytes.shrink_to_fit();
  return packet;
}

void read_everything(const Packet& packet) {
  Transcript transcript;
  EXPECT_FALSE(transcript.line(packet).empty());
  const Frame frame = decode(packet);
  EXPECT_TRUE(!frame.tcp || frame.tcp->payload.size() <= packet.bytes.size());
}

TEST(DecodeFuzz, SurvivesRandomBytes) {
  std::mt19937 random(20261120);
  for (int round = 0; round < 20000; ++round) {
    std::vector<std::uint8_t> raw(random() % 120);
    for (auto& byte : raw) byte = static_cast<std::uint8_t>(random());
    if (raw.size() > 14) {
      constexpr std::array<std::uint16_t, 3> types = {0x0800, 0x86dd, 0x88b5};
      const std::uint16_t type = types[random() % types.size()];
      raw[12] = static_cast<std::uint8_t>(type >> 8);
      raw[13] = static_cast<std::uint8_t>(type);
    }
    read_everything(exactly(raw));
  }
}

TEST(DecodeFuzz, SurvivesMutatedFrames) {
  std::mt19937 random(20261121);
  for (int round = 0; round < 40000; ++round) {
    auto raw = unhex(round % 2 == 0 ? v4_frame : v6_frame);
    for (std::size_t flips = 1 + random() % 4; flips > 0; --flips) {
      raw[14 + random() % (raw.size() - 14)] = static_cast<std::uint8_t>(random());
    }
    raw.resize(random() % 3 == 0 ? random() % raw.size() : raw.size());
    read_everything(exactly(raw));
  }
}

}  // namespace
}  // namespace sockcr::pcap::test
