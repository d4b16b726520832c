// What a gate leaves, finds and cannot do.
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <filesystem>

#include "engine/gate/iptables_gate.h"
#include "engine/gate/iptables_rules.h"
#include "engine/sys/error.h"
#include "engine/sys/process.h"
#include "tests/gate/gates.h"

namespace sockcr {
namespace {

using netns::expect_inside;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t id = 0xC0FFEE;

class LeftGateTest : public GateTest {};

void restore(int family, const std::string& rules) {
  const std::vector<IptablesText> texts{{family, "*filter\n" + rules + "COMMIT\n"}};
  IptablesRestore(texts, LeftGateTest::GetParam()).settle();
}

TEST_P(LeftGateTest, OpensWhenItsScopeEnds) {
  expect_inside([] {
    install_users_rules(GetParam());
    const auto before = all_rules(GetParam());
    {
      IptablesGate gate({.image_id = id, .tap = 9}, GetParam());
      gate.close();
      EXPECT_NE(all_rules(GetParam()), before);
    }
    EXPECT_EQ(all_rules(GetParam()), before);
  });
}

TEST_P(LeftGateTest, IsOpenedByAnotherProcess) {
  expect_inside([] {
    install_users_rules(GetParam());
    const auto before = all_rules(GetParam());
    ChildProcess checkpoint = ChildProcess::run([] {
      IptablesGate gate({.image_id = id, .tap = 9}, LeftGateTest::GetParam());
      gate.close();
      gate.leave_closed();
      return 0;
    });
    EXPECT_EQ(checkpoint.wait().code, 0);
    EXPECT_THAT(standing_gates(GetParam()), ElementsAre(id));
    IptablesGate gate = IptablesGate::adopt(id, GetParam());
    EXPECT_TRUE(gate.is_closed());
    gate.open();
    EXPECT_THAT(standing_gates(GetParam()), IsEmpty());
    EXPECT_EQ(all_rules(GetParam()), before);
  });
}

TEST_P(LeftGateTest, IsLeftClosedByItsAdopterToo) {
  expect_inside([] {
    IptablesGate closer({.image_id = id}, GetParam());
    closer.close();
    closer.leave_closed();
    IptablesGate::adopt(id, GetParam()).leave_closed();
    EXPECT_THAT(standing_gates(GetParam()), ElementsAre(id));
  });
}

TEST_P(LeftGateTest, ClosesTwiceAsOnce) {
  expect_inside([] {
    install_users_rules(GetParam());
    const auto before = all_rules(GetParam());
    IptablesGate first({.image_id = id}, GetParam());
    first.close();
    const auto closed = all_rules(GetParam());
    first.close();
    EXPECT_EQ(all_rules(GetParam()), closed);
    IptablesGate second({.image_id = id}, GetParam());
    second.close();
    EXPECT_EQ(all_rules(GetParam()), closed);
    second.open();
    EXPECT_EQ(all_rules(GetParam()), before);
    first.open();
    EXPECT_EQ(all_rules(GetParam()), before);
  });
}

TEST_P(LeftGateTest, OpensWhatIsLeftOfIt) {
  expect_inside([] {
    install_users_rules(GetParam());
    const auto before = all_rules(GetParam());
    IptablesGate gate({.image_id = id}, GetParam());
    gate.close();
    restore(AF_INET, "-D INPUT -j " + gate_chain(id) + "\n");
    restore(AF_INET6, "-D INPUT -j " + gate_chain(id) + "\n-D OUTPUT -j " + gate_chain(id) +
                          "\n-F " + gate_chain(id) + "\n-X " + gate_chain(id) + "\n");
    gate.open();
    EXPECT_EQ(all_rules(GetParam()), before);
  });
}

TEST_P(LeftGateTest, StandsBesideAnother) {
  expect_inside([] {
    IptablesGate one({.image_id = 1}, GetParam());
    one.close();
    const auto with_one = all_rules(GetParam());
    IptablesGate two({.image_id = 2, .swallow = true}, GetParam());
    two.close();
    EXPECT_THAT(standing_gates(GetParam()), ElementsAre(1, 2));
    two.open();
    EXPECT_EQ(all_rules(GetParam()), with_one);
  });
}

INSTANTIATE_TEST_SUITE_P(Iptables, LeftGateTest,
                         testing::Values(IptablesVariant::nft, IptablesVariant::legacy),
                         variant_name);

// Hides every program of /usr/sbin but those of `kept`, which are names of the nft variant.
void keep_only(const std::vector<std::string>& kept) {
  const std::filesystem::path folder = "/usr/sbin";
  const std::filesystem::path aside = "/run/xtables-nft-multi";
  std::filesystem::copy_file(folder / "xtables-nft-multi", aside);
  ASSERT_EQ(::mount("tmpfs", folder.c_str(), "tmpfs", 0, nullptr), 0);
  for (const std::string& name : kept) std::filesystem::create_symlink(aside, folder / name);
}

TEST(GateWithoutIptables, SaysWhatToInstall) {
  SKIP_WITHOUT_SANDBOX();
  expect_inside([] {
    keep_only({});
    IptablesGate gate({.image_id = id});
    try {
      gate.close();
      ADD_FAILURE() << "closed without iptables";
    } catch (const SystemError& error) {
      EXPECT_THAT(error.what(), HasSubstr("iptables-restore"));
      EXPECT_THAT(error.what(), HasSubstr("Debian's package is called iptables"));
    }
    EXPECT_FALSE(gate.is_closed());
  });
}

TEST(GateWithoutIptables, TakesTheOtherFamilyBack) {
  SKIP_WITHOUT_SANDBOX();
  if (!iptables_is_installed(AF_INET, IptablesVariant::nft)) GTEST_SKIP() << "no iptables-nft";
  expect_inside([] {
    install_users_rules(IptablesVariant::nft);
    const auto before = saved_rules(AF_INET, IptablesVariant::nft);
    keep_only({"iptables-nft-restore", "iptables-nft-save"});
    for (const char* broken : {"ip6tables-nft-restore", "ip6tables-nft-save"}) {
      std::filesystem::create_symlink("/bin/false", std::filesystem::path("/usr/sbin") / broken);
    }
    IptablesGate gate({.image_id = id}, IptablesVariant::nft);
    EXPECT_THROW(gate.close(), SystemError);
    EXPECT_EQ(saved_rules(AF_INET, IptablesVariant::nft), before);
  });
}

}  // namespace
}  // namespace sockcr
