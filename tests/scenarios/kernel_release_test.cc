#include "engine/sys/kernel_release.h"

#include <gtest/gtest.h>

namespace sockcr::runner {
namespace {

KernelRelease release(const char* text) { return parse_kernel_release(text).value(); }

TEST(KernelRelease, AreOrdered) {
  const char* const in_order[] = {"5.4",
                                  "5.10",
                                  "6.1.0-13-amd64",
                                  "6.9.12",
                                  "6.12-rc1",
                                  "6.12-rc7",
                                  "6.12",
                                  "6.12.5-arch1-1",
                                  "6.12.44",
                                  "6.13.0-rc2-next-20260101",
                                  "6.13",
                                  "6.18.44-fc-v669",
                                  "6.19",
                                  "10.0"};
  for (std::size_t i = 1; i < std::size(in_order); ++i) {
    EXPECT_LT(release(in_order[i - 1]), release(in_order[i])) << in_order[i];
  }
}

TEST(KernelRelease, OfOneReleaseAreEqual) {
  EXPECT_EQ(release("6.12"), release("6.12.0"));
  EXPECT_EQ(release("6.12"), release("6.12.0-generic"));
  EXPECT_EQ(release("6.18.44-fc-v669"), release("6.18.44"));
  EXPECT_EQ(release("6.12-rc3"), release("6.12.0-rc3+"));
  EXPECT_EQ(release("6.12.0+"), release("6.12"));
}

TEST(KernelRelease, WhatIsNoneIsRefused) {
  for (const char* text : {"", "6", "six.twelve", "v6.12", "6.", "6.x", ".12", "6.12.", "-rc1"}) {
    EXPECT_FALSE(parse_kernel_release(text)) << text;
  }
}

}  // namespace
}  // namespace sockcr::runner
