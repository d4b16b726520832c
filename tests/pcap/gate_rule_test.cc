// The rule of the silent gate, and which gates the rules judge.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <array>

#include "engine/sys/error.h"
#include "pcap/decode.h"
#include "pcap/rules/rules.h"
#include "tests/pcap/fired.h"
#include "tests/pcap/tape.h"

namespace sockcr::pcap::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(SilentGate, CountsForgedSegmentsToo) {
  Tape tape;
  Entry forged = tape.at("hello_ack");
  forged.mac_of_other = true;
  tape.after("frozen", forged);
  EXPECT_THAT(fired(tape.evidence()), ElementsAre("no_forged_segment", "silent_gate"));
}

TEST(SilentGate, KnowsOursByItsAddressToo) {
  Tape tape;
  tape.after("frozen", tape.at("world_ack"));
  Evidence evidence = tape.evidence();
  evidence.ours.macs.clear();
  EXPECT_THAT(fired(evidence), ElementsAre("silent_gate"));
}

TEST(SilentGate, KnowsOursByTheAddressThatItHad) {
  Tape tape;
  tape.after("frozen", tape.at("world_ack"));
  Evidence evidence = tape.evidence();
  evidence.ours.macs.clear();
  evidence.ours.former = {evidence.ours.endpoint};
  evidence.ours.endpoint.address.bytes.front() ^= 1;
  EXPECT_THAT(fired(evidence), ElementsAre("silent_gate"));
}

// What ours sends behind the gate, as a packet of another protocol.
Evidence with_packet_of(std::uint8_t protocol) {
  Tape tape;
  tape.after("frozen", tape.at("world_ack"));
  Evidence evidence = tape.evidence();
  const rules::Closed closed = rules::closed_gates(evidence.recording).front();
  for (Packet& packet : evidence.recording.packets) {
    const Frame frame = decode(packet);
    const bool is_ours = frame.ip && frame.ip->source == evidence.ours.endpoint.address;
    if (closed.contains(packet.number) && is_ours) packet.bytes[14 + 9] = protocol;
  }
  return evidence;
}

TEST(SilentGate, OfDatagramsHearsThemAndWhatIsSaidOfThem) {
  const std::array rule{rules::silent_gate()};
  for (const std::uint8_t protocol : {IPPROTO_UDP, IPPROTO_UDPLITE, IPPROTO_ICMP}) {
    Evidence evidence = with_packet_of(protocol);
    EXPECT_THAT(judge(evidence, rule), IsEmpty()) << int{protocol};
    evidence.protocol = IPPROTO_UDP;
    EXPECT_THAT(judge(evidence, rule), testing::SizeIs(1)) << int{protocol};
  }
  Evidence evidence = with_packet_of(IPPROTO_TCP);
  evidence.protocol = IPPROTO_UDP;
  EXPECT_THAT(judge(evidence, rule), IsEmpty());
}

TEST(SilentGate, CountsFromTheLastFrameOfTheMark) {
  Evidence evidence = Tape().evidence();
  const rules::Closed closed = rules::closed_gates(evidence.recording).front();
  EXPECT_EQ(closed.after, evidence.recording.first_mark(phase::gate_closed)->last);
  EXPECT_EQ(closed.before, evidence.recording.first_mark(phase::gate_open)->first);
  // A segment between the two frames of gate-closed was on its way before the gate closed.
  std::swap(evidence.recording.packets[6], evidence.recording.packets[7]);
  evidence.recording = Recording::of(evidence.recording.packets);
  EXPECT_THAT(fired(evidence), IsEmpty()) << story(evidence);
}

TEST(SilentGate, CannotJudgeWithoutAMark) {
  Tape tape;
  tape.remove("gate-closed");
  EXPECT_THROW(judge(tape.evidence()), SystemError);
}

TEST(SilentGate, LastsToTheEndWhenTheGateIsNotOpened) {
  Tape tape;
  tape.remove("gate-open");
  EXPECT_THAT(fired(tape.evidence()), ElementsAre("silent_gate"));
}

// A second cut behind the good one, of which the wire shows nothing.
Tape cut_twice() {
  const auto mark = [](const std::string& label, std::string_view name) {
    Entry entry{.label = label};
    entry.mark = name;
    return entry;
  };
  Tape tape;
  tape.after("again_ack", mark("gate-closed 2", phase::gate_closed));
  tape.after("gate-closed 2", mark("gate-open 2", phase::gate_open));
  return tape;
}

TEST(EveryGate, IsFoundInItsOrder) {
  const Recording recording = cut_twice().recording();
  const std::vector<rules::Closed> gates = rules::closed_gates(recording);
  ASSERT_EQ(gates.size(), 2U);
  EXPECT_EQ(gates[0].after, recording.first_mark(phase::gate_closed)->last);
  EXPECT_EQ(gates[0].before, recording.first_mark(phase::gate_open)->first);
  EXPECT_EQ(gates[1].after, recording.last_mark(phase::gate_closed)->last);
  EXPECT_EQ(gates[1].before, recording.last_mark(phase::gate_open)->first);
  EXPECT_THAT(fired(cut_twice().evidence()), IsEmpty()) << story(cut_twice().evidence());
}

TEST(EveryGate, IsSilent) {
  for (const char* behind : {"frozen", "gate-closed 2"}) {
    Tape tape = cut_twice();
    tape.after(behind, tape.at("world_ack"));
    EXPECT_THAT(fired(tape.evidence()), Contains("silent_gate")) << behind;
  }
}

TEST(EveryGate, LeavesTheWindowThatWasGranted) {
  for (const char* label : {"news", "fin"}) {
    Tape tape = cut_twice();
    tape.at(label).window = 300;
    EXPECT_THAT(fired(tape.evidence()), ElementsAre("window_edge")) << label;
  }
}

// What ours' kernel takes back between two cuts is its own affair, and the second owes no more.
TEST(EveryGate, OwesWhatOursToldLastBeforeIt) {
  Tape tape = cut_twice();
  for (const char* label : {"again_ack", "fin", "last_ack"}) tape.at(label).window = 497;
  const Evidence evidence = tape.evidence();
  EXPECT_THAT(fired(evidence), ElementsAre("window_edge"));
  EXPECT_EQ(judge(evidence).size(), 1U) << "behind the first alone\n" << story(evidence);
}

TEST(EveryGate, EndsTheTimeInWhichAClockMayBeSet) {
  Tape tape = cut_twice();
  for (const char* label : {"news", "again_ack", "fin", "last_ack"}) tape.at(label).ahead = 70'000;
  Evidence evidence = tape.evidence();
  evidence.ours.clock_was_set = true;
  EXPECT_THAT(fired(evidence), ElementsAre("timestamps"));
}

}  // namespace
}  // namespace sockcr::pcap::test
