// tests/cli/test_pcapng.py compares the same lines with tcpdump's own.
#include "pcap/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pcap/frames.h"
#include "tests/pcap/tape.h"

namespace sockcr::pcap::test {
namespace {

using testing::HasSubstr;

TEST(Text, SpeaksTcpdump) {
  const Recording recording = Tape().recording();
  EXPECT_EQ(to_text(recording, 1, 4),
            "0.000000 IP 192.0.2.1.7001 > 192.0.2.2.7002: Flags [S], seq 4294967288, win 500, "
            "options [mss 1460,sackOK,TS val 4294967291 ecr 0,nop,wscale 7], length 0\n"
            "0.001000 IP 192.0.2.2.7002 > 192.0.2.1.7001: Flags [S.], seq 2147483632, ack "
            "4294967289, win 500, options [mss 1460,sackOK,TS val 1002 ecr 7,nop,wscale "
            "7], length 0\n"
            "0.002000 IP 192.0.2.1.7001 > 192.0.2.2.7002: Flags [.], ack 1, win 500, options "
            "[nop,nop,TS val 4294967293 ecr 7], length 0\n"
            "0.003000 IP 192.0.2.1.7001 > 192.0.2.2.7002: Flags [P.], seq 1:6, ack 1, win 500, "
            "options [nop,nop,TS val 4294967294 ecr 7], length 5\n");
  EXPECT_THAT(to_text(recording, 8, 9),
              HasSubstr("0.007000 -- gate-closed (1 of 2)\n0.007000 -- gate-closed (2 of 2)\n"));
  EXPECT_THAT(to_text(recording, recording.packets.size() - 1),
              HasSubstr("Flags [F.], seq 11, ack 13, win 500"));
}

TEST(Text, SaysWhatIsWrongWithAPacket) {
  Tape tape;
  tape.at("hello").wrong_tcp_checksum = true;
  EXPECT_THAT(to_text(tape.recording(), 4, 4), HasSubstr("length 5, bad checksum"));
  Transcript transcript;
  EXPECT_EQ(transcript.line(packet_of(bytes("short"))),
            "0.000000 00:00:00:00:00:00 > 00:00:00:00:00:00, ethertype 0x0000 "
            "[Ethernet header cut at 5 bytes]");
}

TEST(Text, NamesFlagsInTcpdumpsOrder) {
  EXPECT_EQ(flags_text(0), "none");
  EXPECT_EQ(flags_text(flag::psh | flag::ack | flag::fin), "FP.");
  EXPECT_EQ(flags_text(0x1ff), "FSRP.UEWe");
}

}  // namespace
}  // namespace sockcr::pcap::test
