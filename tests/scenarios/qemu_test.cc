// What is pure of --kernel for a virtual machine: the call of QEMU, and the first files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <string>
#include <vector>

#include "scenarios/runner/guest/initrd.h"
#include "scenarios/runner/guest/qemu.h"

namespace sockcr::runner {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

// ---- the call --------------------------------------------------------------------------------

const QemuGuest guest{"/bin/qemu", "/k/bzImage", "/tmp/g/initrd", "/tmp/g/left"};

std::vector<std::string> values_of(const std::string& option, const QemuGuest& of = guest) {
  const auto arguments = qemu_arguments(of);
  std::vector<std::string> values;
  for (std::size_t i = 0; i + 1 < arguments.size(); ++i) {
    if (arguments[i] == option) values.push_back(arguments[i + 1]);
  }
  return values;
}

std::string value_of(const std::string& option, const QemuGuest& of = guest) {
  const auto values = values_of(option, of);
  return values.size() == 1 ? values.front() : "not once";
}

TEST(Qemu, BootsTheKernelWithItsFirstFiles) {
  EXPECT_EQ(qemu_arguments(guest).front(), "/bin/qemu");
  EXPECT_EQ(value_of("-kernel"), "/k/bzImage");
  EXPECT_EQ(value_of("-initrd"), "/tmp/g/initrd");
  EXPECT_THAT(value_of("-append"), HasSubstr("console=ttyS0"));
}

TEST(Qemu, EndsWithAPanic) {
  EXPECT_THAT(value_of("-append"), HasSubstr("panic=-1"));
  EXPECT_THAT(qemu_arguments(guest), Contains("-no-reboot"));
}

TEST(Qemu, SharesTheHostsFilesReadOnlyAndOneFolderBesides) {
  for (const std::string& each : values_of("-fsdev")) {
    const bool is_left = each.find("path=/tmp/g/left,") != each.npos;
    EXPECT_EQ(each.find(",readonly=on") == each.npos, is_left) << each;
  }
  EXPECT_EQ(values_of("-fsdev").size(), 2U);
}

TEST(Qemu, TakesACommaInAPathForNoOption) {
  QemuGuest odd = guest;
  odd.left = "/tmp/a,b,,c";
  EXPECT_THAT(values_of("-fsdev", odd), Contains(HasSubstr("path=/tmp/a,,b,,,,c,")));
}

TEST(Qemu, HasNothingOfTheHostsNetwork) { EXPECT_EQ(value_of("-nic"), "none"); }

TEST(Qemu, EmulatesUnlessToldOtherwise) {
  EXPECT_EQ(value_of("-accel"), "tcg");
  QemuGuest fast = guest;
  fast.accelerator = Accelerator::kvm;
  EXPECT_EQ(value_of("-accel", fast), "kvm");
  EXPECT_EQ(value_of("-cpu", fast), "host");
}

// ---- the first files -------------------------------------------------------------------------

struct Member {
  std::string name, bytes;
  unsigned long mode, major, minor;
};

// As init/initramfs.c reads it.
std::vector<Member> members_of(const std::string& archive) {
  std::vector<Member> members;
  for (std::size_t at = 0; at < archive.size();) {
    const auto field = [&](std::size_t i) {
      return std::stoul(archive.substr(at + 6 + 8 * i, 8), nullptr, 16);
    };
    EXPECT_EQ(archive.substr(at, 6), "070701") << at;
    const std::size_t name_at = at + 110, size = field(6);
    const std::size_t bytes_at = (name_at + field(11) + 3) / 4 * 4;
    members.push_back(
        {archive.c_str() + name_at, archive.substr(bytes_at, size), field(1), field(9), field(10)});
    at = (bytes_at + size + 3) / 4 * 4;
  }
  return members;
}

TEST(Initrd, HoldsWhatWasPutInAndAnEnd) {
  Initrd initrd;
  initrd.add_folder("dev");
  initrd.add_device("dev/console", 5, 1);
  initrd.add_file("init", std::string("\0binary", 7), 0755);
  initrd.add_file("empty", "", 0600);
  const auto members = members_of(std::move(initrd).bytes());
  ASSERT_EQ(members.size(), 5U);
  EXPECT_EQ(members[0].mode, S_IFDIR | 0755U);
  EXPECT_EQ(members[1].name, "dev/console");
  EXPECT_EQ(members[1].mode, S_IFCHR | 0600U);
  EXPECT_EQ(members[1].major, 5U);
  EXPECT_EQ(members[1].minor, 1U);
  EXPECT_EQ(members[2].bytes, std::string("\0binary", 7));
  EXPECT_EQ(members[2].mode, S_IFREG | 0755U);
  EXPECT_EQ(members[3].bytes, "");
  EXPECT_EQ(members[4].name, "TRAILER!!!");
}

TEST(Initrd, LetsAnotherArchiveFollow) {
  Initrd one, two;
  one.add_file("a", "1", 0644);
  two.add_file("b", "2", 0644);
  const auto members = members_of(std::move(one).bytes() + std::move(two).bytes());
  EXPECT_EQ(members.size(), 4U);
}

}  // namespace
}  // namespace sockcr::runner
