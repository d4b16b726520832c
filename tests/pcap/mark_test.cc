#include "pcap/mark.h"

#include <gtest/gtest.h>

#include "pcap/recording.h"
#include "tests/pcap/frames.h"

namespace sockcr::pcap::test {
namespace {

const MacAddress source{{2, 0, 0, 0, 0, 1}};

Packet frame(const std::string& name, std::uint32_t serial, std::uint16_t index,
             std::uint16_t round = 1) {
  return packet_of(mark_frame({name, round, serial, index, 2}, source));
}

TEST(Mark, ComesBackFromItsFrame) {
  const Mark mark{"gate-closed", 2, 70000, 1, 300};
  const Packet packet = packet_of(mark_frame(mark, source));
  EXPECT_EQ(packet.bytes.size(), 60U);
  EXPECT_EQ(mark_in(packet), mark);
  EXPECT_EQ(to_text(mark), "gate-closed 2");
}

TEST(Mark, IsNotSeenInOtherFrames) {
  Packet packet = frame("frozen", 1, 0);
  packet.bytes[13] = 0;  // another ethertype
  EXPECT_FALSE(mark_in(packet));
  packet = frame("frozen", 1, 0);
  packet.bytes[14] ^= 1;  // another magic
  EXPECT_FALSE(mark_in(packet));
  packet = frame("frozen", 1, 2);  // index 2 of 2
  EXPECT_FALSE(mark_in(packet));
  packet = frame("frozen", 1, 0);
  packet.bytes.resize(34);  // the name is cut
  EXPECT_FALSE(mark_in(packet));
  EXPECT_FALSE(mark_in(Packet{}));
}

TEST(Mark, RefusesANameThatDoesNotFit) {
  EXPECT_THROW(mark_frame({std::string(65, 'x'), 1, 1, 0, 1}, source), std::invalid_argument);
}

TEST(Recording, FindsWhereEachMarkStands) {
  const Recording recording = Recording::of({
      frame("frozen", 1, 1),
      packet_of(bytes("something else that is no mark")),
      frame("frozen", 1, 0),
      frame("killed", 2, 0),
      frame("frozen", 3, 0, 2),
      frame("frozen", 3, 1, 2),
  });
  ASSERT_EQ(recording.marks.size(), 3U);
  EXPECT_EQ(recording.marks[0], (MarkSpan{{"frozen", 1, 1, 0, 2}, 1, 3, 2}));
  EXPECT_EQ(recording.marks[1].frames, 1U);  // one of two: incomplete
  EXPECT_EQ(recording.first_mark("frozen")->last, 3U);
  EXPECT_EQ(recording.last_mark("frozen")->first, 5U);
  EXPECT_EQ(recording.first_mark("restored"), nullptr);
  EXPECT_EQ(recording.packet(6).number, 6U);
}

}  // namespace
}  // namespace sockcr::pcap::test
