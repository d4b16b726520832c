// Where BPF is not to be used, or cannot be, that is said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <cstdlib>
#include <fstream>

#include "tests/bpf/paths.h"

namespace sockcr {
namespace {

class SwitchTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string reason = bpf_missing(); !reason.empty()) GTEST_SKIP() << reason;
  }
};

TEST_F(SwitchTest, TheEnvironmentSwitchesItOff) {
  ::setenv("SOCKCR_BPF", "off", 1);
  EXPECT_EQ(bpf_missing(), "SOCKCR_BPF=off");
  ::setenv("SOCKCR_BPF", "on", 1);
  EXPECT_EQ(bpf_missing(), "");
  ::unsetenv("SOCKCR_BPF");
}

TEST_F(SwitchTest, WithoutRightsItSaysSo) {
  SKIP_WITHOUT_SANDBOX();
  netns::expect_inside_as_nobody(
      [] { EXPECT_THAT(bpf_missing(), testing::HasSubstr("BPF_PROG_LOAD")); });
}

// Its CLOCK_MONOTONIC is not the one that time stamps count from. Only children are in it.
TEST_F(SwitchTest, InATimeNamespaceItStaysOff) {
  ChildProcess outside = ChildProcess::run([] {
    if (::unshare(CLONE_NEWTIME) != 0) return 125;
    std::ofstream("/proc/self/timens_offsets") << "monotonic 1000 0" << std::flush;
    ChildProcess inside = ChildProcess::run(
        [] { return bpf_missing().find("time namespace") == std::string::npos ? 1 : 0; });
    return inside.wait().code;
  });
  const int code = outside.wait().code;
  if (code == 125) GTEST_SKIP() << "no time namespaces";
  EXPECT_EQ(code, 0);
}

}  // namespace
}  // namespace sockcr
