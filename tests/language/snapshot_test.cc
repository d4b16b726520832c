#include "scenarios/language/snapshot.h"

#include <gtest/gtest.h>

#include "engine/sys/error.h"

namespace sockcr::scenario {
namespace {

Violation difference(const Snapshot& before, const Snapshot& after) {
  try {
    expect_same(before, after);
  } catch (const Violation& violation) {
    return violation;
  }
  return {"no difference", "", ""};
}

TEST(Snapshot, OfTheSameIsTheSame) {
  const Snapshot seen{{"ours", "ESTABLISHED"}, {"listener", "LISTEN"}};
  EXPECT_EQ(difference(seen, seen).subject, "no difference");
}

TEST(Snapshot, TellsWhatHasChanged) {
  const Violation changed = difference({{"ours", "ESTABLISHED"}}, {{"ours", "CLOSE_WAIT"}});
  EXPECT_EQ(changed.subject, "ours");
  EXPECT_EQ(changed.expected, "ESTABLISHED");
  EXPECT_EQ(changed.actual, "CLOSE_WAIT");
}

TEST(Snapshot, TellsWhatHasGoneAndWhatHasCome) {
  EXPECT_EQ(difference({{"ours", "TIME_WAIT"}}, {}).actual, "nothing");
  EXPECT_EQ(difference({}, {{"ours", "TIME_WAIT"}}).expected, "nothing");
}

}  // namespace
}  // namespace sockcr::scenario
