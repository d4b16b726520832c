#include "scenarios/walk/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/walk/generate.h"
#include "scenarios/walk/model.h"
#include "scenarios/walk/told.h"

namespace sockcr::scenario {
namespace {

using testing::HasSubstr;

TEST(SourceOfAWalk, HasEveryLineOfItsTimeline) {
  const Walk walk =
      legal(walk_from("v6; nots; no SACK; wire loses ours; ours writes 100; gate closes; cut gap"));
  const std::string source = source_of(walk, "walk_9");
  for (const Line& line : lines_of(walk, variant_of(walk))) {
    EXPECT_THAT(source, HasSubstr("          " + line.source + ",\n"));
  }
  EXPECT_THAT(source, HasSubstr(".name = \"walk_9\""));
  EXPECT_THAT(source, HasSubstr("Family::v6"));
  EXPECT_THAT(source, HasSubstr("Options::nots"));
  EXPECT_THAT(source, HasSubstr("\"net.ipv4.tcp_sack\", \"0\""));
}

TEST(SourceOfAWalk, EndsEveryWalkHealed) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    const Walk walk = walk_of(seed);
    const Lines lines = lines_of(walk, variant_of(walk));
    int closed = 0;
    bool has_ended = false;
    for (const Line& line : lines) {
      closed += line.source == "gate.closes()" ? 1 : line.source == "gate.opens()" ? -1 : 0;
      has_ended |= line.source == "conversation_ends()";
    }
    ASSERT_EQ(closed, 0) << to_text(walk);
    ASSERT_TRUE(has_ended) << to_text(walk);
  }
}

}  // namespace
}  // namespace sockcr::scenario
