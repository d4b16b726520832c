// Which iptables a test of a gate uses, and what its rules are compared with.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <string>
#include <vector>

#include "engine/sys/iptables.h"
#include "tests/netns/world.h"

namespace sockcr {

inline std::string variant_name(const testing::TestParamInfo<IptablesVariant>& each) {
  return each.param == IptablesVariant::nft ? "nft" : "legacy";
}

// Each test of this kind once with either iptables.
class GateTest : public testing::TestWithParam<IptablesVariant> {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_SANDBOX();
    if (!iptables_is_installed(AF_INET, GetParam())) {
      GTEST_SKIP() << iptables_program(AF_INET, "restore", GetParam()) << " is not installed";
    }
  }
};

// Both families.
inline std::vector<std::string> all_rules(IptablesVariant variant) {
  std::vector<std::string> rules = saved_rules(AF_INET, variant);
  for (std::string& line : saved_rules(AF_INET6, variant)) rules.push_back(std::move(line));
  return rules;
}

// What an administrator may have: TCP is let through before anything else is asked, and marked
// packets from lo are not.
inline void install_users_rules(IptablesVariant variant) {
  const std::string text =
      "*filter\n:INPUT DROP\n:users-own -\n"
      "-A INPUT -i lo -j users-own\n-A INPUT -p tcp -j ACCEPT\n"
      "-A OUTPUT -p tcp -m comment --comment \"all of it\" -j ACCEPT\n"
      "-A users-own -m mark --mark 0xc114 -j DROP\n-A users-own -j ACCEPT\nCOMMIT\n";
  IptablesRestore(std::vector<IptablesText>{{AF_INET, text}, {AF_INET6, text}}, variant).settle();
}

}  // namespace sockcr
