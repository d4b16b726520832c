// tests/cli/test_pcapng.py reads such files with tshark, tcpdump and scapy.
#include "pcap/pcapng.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/sys/error.h"
#include "tests/pcap/frames.h"
#include "tests/pcap/tape.h"

namespace sockcr::pcap::test {
namespace {

using testing::ElementsAre;

TEST(Comments, NameMarksAndViolations) {
  const Recording recording = Tape().recording();
  const std::vector<Breach> breaches = {{"no_reset", {3, "no RST", "one"}},
                                        {"delivered_once", {0, "all", "less"}}};
  Comments comments = comments_of(recording, breaches);
  EXPECT_THAT(comments[3], ElementsAre("violation: no_reset: expected no RST, but one"));
  EXPECT_THAT(comments[8], ElementsAre("mark: gate-closed"));
  EXPECT_THAT(comments[recording.packets.size()],
              ElementsAre("violation: delivered_once: expected all, but less"));
}

TEST(Comments, OfAnEmptyRecordingStandNowhere) {
  const std::vector<Breach> breaches = {{"delivered_once", {0, "all", "less"}}};
  EXPECT_EQ(pcapng({}, "peer", comments_of({}, breaches)), pcapng({}, "peer", {}));
}

TEST(Pcapng, IsMadeOfWholeBlocks) {
  const Recording recording = Tape().recording();
  const auto file = pcapng(recording, "peer", comments_of(recording));
  const auto number = [&](std::size_t at) {
    return file[at] | file[at + 1] << 8 | file[at + 2] << 16 | file[at + 3] << 24;
  };
  std::size_t at = 0, blocks = 0;
  for (; at < file.size(); ++blocks) {
    const auto length = static_cast<std::size_t>(number(at + 4));
    ASSERT_EQ(length % 4, 0U);
    ASSERT_EQ(number(at + length - 4), number(at + 4));
    at += length;
  }
  EXPECT_EQ(at, file.size());
  EXPECT_EQ(blocks, 2 + recording.packets.size());
}

TEST(Pcapng, NamesTheFileThatCannotBeWritten) {
  EXPECT_THROW(write_pcapng("/no/such/directory/x.pcapng", {}, "peer", {}), SystemError);
}

}  // namespace
}  // namespace sockcr::pcap::test
