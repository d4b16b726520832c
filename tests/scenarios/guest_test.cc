// What is pure of --kernel: the call of User-mode Linux, the file that is none, the channel, the
// console, and whose fault it is.
#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <csignal>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "scenarios/runner/answer.h"
#include "scenarios/runner/exit_code.h"
#include "scenarios/runner/guest/channel.h"
#include "scenarios/runner/guest/console.h"
#include "scenarios/runner/guest/guest.h"
#include "scenarios/runner/guest/image_kind.h"
#include "scenarios/runner/guest/lineup.h"
#include "scenarios/runner/guest/user_mode.h"

namespace sockcr::runner {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

// ---- the call --------------------------------------------------------------------------------

TEST(UserMode, HasTheHostsFilesReadOnlyAsItsRoot) {
  const auto arguments = user_mode_arguments({"/k/linux", "/tmp/g", 512, false});
  EXPECT_EQ(arguments.front(), "/k/linux");
  for (const char* word : {"root=hostfs", "rootflags=/", "ro", "init=/tmp/g/init", "mem=512M"}) {
    EXPECT_THAT(arguments, Contains(word));
  }
}

TEST(UserMode, LeavesNothingInTheHomeOfItsUser) {
  EXPECT_THAT(user_mode_arguments({"/k/linux", "/tmp/g"}), Contains("uml_dir=/tmp/g/"));
}

TEST(UserMode, KeepsTheKernelsWordsOutOfTheChannel) {
  const auto arguments = user_mode_arguments({"/k/linux", "/tmp/g"});
  EXPECT_THAT(arguments, Contains("con0=fd:0,fd:1"));
  EXPECT_THAT(arguments, Contains("ssl0=fd:3,fd:4"));
}

TEST(UserMode, LetsTheClockJumpOnlyWhereItIsAskedTo) {
  constexpr auto usual = "time-travel=inf-cpu", start = "time-travel-start=1767225600000000000";
  const UserModeGuest jumping{.image = "/k/linux", .folder = "/tmp/g", .virtual_time = true};
  EXPECT_THAT(user_mode_arguments(jumping), AllOf(Contains(usual), Contains(start)));
  const UserModeGuest waiting{.image = "/k/linux", .folder = "/tmp/g"};
  EXPECT_THAT(user_mode_arguments(waiting), Not(Contains(StartsWith("time-travel"))));
}

// ---- the image -------------------------------------------------------------------------------

// An ELF file of nothing but named sections.
std::string elf_with(const std::vector<std::string>& sections, Elf64_Half type = ET_EXEC) {
  std::string names(1, '\0');
  std::vector<Elf64_Shdr> headers(1);
  for (const std::string& each : sections) {
    Elf64_Shdr header{};
    header.sh_name = static_cast<Elf64_Word>(names.size());
    headers.push_back(header);
    names += each + '\0';
  }
  headers.front().sh_offset = sizeof(Elf64_Ehdr) + headers.size() * sizeof(Elf64_Shdr);
  Elf64_Ehdr file{};
  std::memcpy(file.e_ident, ELFMAG, SELFMAG);
  file.e_ident[EI_CLASS] = ELFCLASS64;
  file.e_type = type;
  file.e_shoff = sizeof file;
  file.e_shnum = static_cast<Elf64_Half>(headers.size());
  std::string bytes(reinterpret_cast<const char*>(&file), sizeof file);
  for (const Elf64_Shdr& header : headers) {
    bytes.append(reinterpret_cast<const char*>(&header), sizeof header);
  }
  return bytes + names;
}

TEST(Image, IsKnownByItsSections) {
  EXPECT_EQ(image_kind(elf_with({".text", ".uml.setup.init"})), ImageKind::user_mode);
  EXPECT_EQ(image_kind(elf_with({".text", "__ksymtab"})), ImageKind::vmlinux);
  EXPECT_EQ(image_kind(elf_with({".text", ".data"})), ImageKind::other);
  EXPECT_EQ(image_kind(elf_with({".init.text"}, ET_REL)), ImageKind::other) << "a module";
}

TEST(Image, OfABootProtocolIsABzImage) {
  EXPECT_EQ(image_kind(std::string(0x202, '\0') + "HdrS" + std::string(99, '\0')),
            ImageKind::bz_image);
}

TEST(Image, ThatIsCutAnywhereIsReadNoFurther) {
  const std::string whole = elf_with({".text", ".uml.setup.init"});
  for (std::size_t size = 0; size + 1 < whole.size(); ++size) {
    EXPECT_EQ(image_kind(std::string_view(whole).substr(0, size)), ImageKind::other) << size;
  }
}

TEST(Image, ThatIsNoneIsWrongUsage) {
  const std::string path = ::testing::TempDir() + "/image";
  const auto kind_of = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return require_kernel(path);
  };
  EXPECT_EQ(kind_of(elf_with({".uml.setup.init"})), ImageKind::user_mode);
  EXPECT_EQ(kind_of(elf_with({"__param"})), ImageKind::vmlinux);
  EXPECT_THAT([&] { kind_of("#!/bin/sh\n"); }, ThrowsMessage<UsageError>(HasSubstr("no kernel")));
  EXPECT_THROW(require_kernel("/nowhere"), UsageError);
  EXPECT_THROW(require_kernel("/tmp"), UsageError);
}

// ---- the channel -----------------------------------------------------------------------------

template <class Value>
Value there_and_back(const Value& value) {
  return std::get<Value>(message_in(to_line(Message(value))));
}

TEST(Channel, BringsAnEndAsItWas) {
  const Ended sent{7, {-1, SIGSEGV}, true, "{\"a\":\n1}", "words\x01", milliseconds(1234)};
  const Ended got = there_and_back(sent);
  EXPECT_EQ(got.ticket, 7U);
  EXPECT_EQ(got.exit.code, -1);
  EXPECT_EQ(got.exit.signal, SIGSEGV);
  EXPECT_TRUE(got.timed_out);
  EXPECT_EQ(got.answer, sent.answer);
  EXPECT_EQ(got.diagnostics, sent.diagnostics);
  EXPECT_EQ(got.took, sent.took);
}

TEST(Channel, BringsTheRest) {
  const Hello hello{"6.1.0", {5, 40}, true};
  EXPECT_EQ(there_and_back(hello).kernel, "6.1.0");
  EXPECT_EQ(there_and_back(hello).pace.round_us, 40);
  EXPECT_TRUE(there_and_back(hello).virtual_time);
  EXPECT_EQ(there_and_back(Began{3}).ticket, 3U);
  EXPECT_EQ(there_and_back(Refused{4, "no"}).reason, "no");
  there_and_back(SignOfLife{});
}

TEST(Channel, IsOneLineAMessageWhateverIsInIt) {
  const std::string line = to_line(Message(Ended{1, {0, 0}, false, "a\nb", "\xff\n", {}}));
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(Channel, BringsAnOrderAsItWas) {
  const Crew::Order got =
      order_in(to_line(Crew::Order{5, {"a", "b c"}, 3, std::chrono::seconds(60), "/d"}));
  EXPECT_EQ(got.ticket, 5U);
  EXPECT_THAT(got.arguments, ElementsAre("a", "b c"));
  EXPECT_EQ(got.answer_descriptor, 3);
  EXPECT_EQ(got.limit, std::chrono::seconds(60));
}

TEST(Channel, RefusesWhatIsNoMessage) {
  for (const char* line : {"", "{", "[]", "1", "{}", R"({"ended":1})", R"({"began":"x"})"}) {
    EXPECT_THROW(message_in(line), nlohmann::json::exception) << line;
  }
}

TEST(Lines, ComeInPieces) {
  Lines lines;
  EXPECT_EQ(lines.next(), std::nullopt);
  lines.append("on");
  EXPECT_EQ(lines.next(), std::nullopt);
  lines.append("e\ntwo\n\nthr");
  EXPECT_EQ(lines.next(), "one");
  EXPECT_EQ(lines.next(), "two");
  EXPECT_EQ(lines.next(), "");
  EXPECT_EQ(lines.next(), std::nullopt);
  lines.append("ee\n");
  EXPECT_EQ(lines.next(), "three");
}

// ---- the console -----------------------------------------------------------------------------

constexpr const char* warning =
    "[    3.1] veth: all is well\r\n"
    "------------[ cut here ]------------\r\n"
    "WARNING: CPU: 0 PID: 33 at net/ipv4/tcp.c:2713 tcp_recvmsg+0x1/0x2\r\n"
    "Modules linked in:\r\n"
    "---[ end trace 0000000000000000 ]---\r\n";

TEST(Console, FindsASplatWithTheLineThatBeginsIt) {
  const auto found = complaint_in(warning);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->headline, StartsWith("WARNING: CPU: 0 PID: 33 at net/ipv4/tcp.c:2713"));
  EXPECT_THAT(found->trace, StartsWith("------------[ cut here"));
  EXPECT_THAT(found->trace, EndsWith("---[ end trace 0000000000000000 ]---\n"));
}

TEST(Console, NamesThePanicThatASplatEndsIn) {
  const auto found = complaint_in(std::string(warning) +
                                  "[   12.5] Kernel panic - not syncing: sysrq triggered crash\n");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->headline, "Kernel panic - not syncing: sysrq triggered crash");
  EXPECT_THAT(found->trace, HasSubstr("WARNING: CPU: 0"));
}

TEST(Console, NamesAWarningAsLinux619SaysIt) {
  const auto found = complaint_in(
      "------------[ cut here ]------------\n"
      "refcount_t: underflow; use-after-free.\n"
      "WARNING: lib/refcount.c:28 at refcount_warn_saturate+0x1/0x2, CPU#0: subject/7\n");
  ASSERT_TRUE(found);
  EXPECT_THAT(found->headline, StartsWith("WARNING: lib/refcount.c:28 at refcount_warn"));
  EXPECT_THAT(found->trace, HasSubstr("use-after-free"));
}

TEST(Console, NamesWhatIsCutWhereNothingElseDoes) {
  EXPECT_EQ(complaint_in("------------[ cut here ]------------\n")->headline,
            "------------[ cut here ]------------");
}

TEST(Console, FindsWhatKillsAProcessOnly) {
  for (const char* line :
       {"[ 7.1] divide error: 0000 [#1] PREEMPT SMP PTI", "invalid opcode: 0000 [#1] SMP",
        "WARNING: inconsistent lock state", "WARNING: bad unlock balance detected!"}) {
    EXPECT_TRUE(complaint_in(line)) << line;
  }
}

TEST(Console, IsCalmWhereTheWordIsSaidInPassing) {
  EXPECT_FALSE(complaint_in("[ 1] random: crng init done\nDEBUG: x\nWARNING: this is a test\n"));
  EXPECT_FALSE(complaint_in(""));
}

TEST(Console, ShowsItsLastLinesThatSaySomething) {
  EXPECT_EQ(last_lines("one\n\ntwo\r\n \nthree", 2), "two\nthree\n");
  EXPECT_EQ(last_lines("one", 9), "one\n");
  EXPECT_EQ(last_lines("", 9), "");
}

// ---- whose fault -----------------------------------------------------------------------------

TEST(EndOfAKernel, WithAComplaintIsAViolation) {
  const KernelFault fault = fault_of_ended(ImageKind::user_mode, {0, 0}, warning);
  EXPECT_TRUE(fault.is_violation);
  EXPECT_THAT(fault.reason, HasSubstr("tcp_recvmsg"));
}

TEST(EndOfAKernel, ByASignalOfItsOwnIsAViolation) {
  const KernelFault fault = fault_of_ended(ImageKind::user_mode, {128 + SIGSEGV, 0}, "");
  EXPECT_TRUE(fault.is_violation);
  EXPECT_EQ(fault.reason, "the guest's kernel died by SIGSEGV");
}

TEST(EndOfAKernel, InOrderOrByThisMachineIsNot) {
  const KernelFault given_up = fault_of_ended(ImageKind::user_mode, {0, 0}, "guest_agent: no\n");
  EXPECT_FALSE(given_up.is_violation);
  EXPECT_THAT(given_up.trace, HasSubstr("guest_agent: no"));
  EXPECT_FALSE(fault_of_ended(ImageKind::user_mode, {128 + SIGKILL, 0}, "").is_violation);
}

TEST(EndOfAKernel, ForWantOfThisMachinesMemoryIsNot) {
  const KernelFault fault =
      fault_of_ended(ImageKind::user_mode, {128 + SIGABRT, 0},
                     "Bus error - the host /dev/shm or /tmp mount likely just ran out of space\n"
                     "Kernel panic - not syncing: Kernel mode signal 7\n");
  EXPECT_FALSE(fault.is_violation);
  EXPECT_THAT(fault.reason, HasSubstr("no memory left"));
}

TEST(EndOfAMachine, WithoutAWordIsAReset) {
  const KernelFault fault = fault_of_ended(ImageKind::bz_image, {0, 0}, "veth: all is well\n");
  EXPECT_TRUE(fault.is_violation);
  EXPECT_THAT(fault.reason, HasSubstr("reset without a word"));
}

TEST(EndOfAMachine, InOrderOrWithQemuIsNot) {
  const char* in_order = "guest_agent: no\n[   9.1] reboot: Power down\n";
  EXPECT_FALSE(fault_of_ended(ImageKind::vmlinux, {0, 0}, in_order).is_violation);
  const KernelFault aborted = fault_of_ended(ImageKind::vmlinux, {128 + SIGABRT, 0}, "");
  EXPECT_FALSE(aborted.is_violation);
  EXPECT_THAT(aborted.reason, HasSubstr("QEMU died by SIGABRT"));
  EXPECT_FALSE(fault_of_ended(ImageKind::bz_image, {1, 0}, "").is_violation);
}

Ended well(std::uint64_t ticket) { return {ticket, {0, 0}, false, "{}", "", milliseconds(1)}; }

TEST(Lineup, RunsEachOnce) {
  Lineup lineup({4, 2}, {"panic", "", true});
  EXPECT_EQ(lineup.next(), 4U);
  EXPECT_EQ(lineup.next(), 2U);
  EXPECT_EQ(lineup.next(), std::nullopt);
}

TEST(Lineup, ClearsTheOthersOnceOneIsFound) {
  Lineup lineup({1, 2}, {"panic", "trace", true});
  lineup.ended(well(1));
  lineup.complained(2, {"panic again", "", true});
  const auto judged = std::move(lineup).judged();
  ASSERT_EQ(judged.size(), 2U);
  EXPECT_FALSE(judged[0].fault);
  ASSERT_TRUE(judged[1].fault);
  EXPECT_EQ(judged[1].fault->reason, "panic again");
}

TEST(Lineup, BlamesAllWhereNoneDoesItAlone) {
  Lineup lineup({1, 2}, {"panic", "trace", true});
  lineup.ended(well(1));
  lineup.ended(well(2));
  for (const Ended& each : std::move(lineup).judged()) {
    ASSERT_TRUE(each.fault);
    EXPECT_TRUE(each.fault->is_violation);
    EXPECT_EQ(each.fault->reason, "panic (while 2 cases ran at once; none of them does it alone)");
    EXPECT_EQ(each.fault->trace, "trace");
  }
}

TEST(Lineup, ThatIsBrokenOffKeepsWhoWasFound) {
  Lineup lineup({1, 2, 3}, {"panic", "trace", true});
  lineup.complained(lineup.next().value(), {"panic again", "", true});
  const auto known = std::move(lineup).broken_off();
  ASSERT_EQ(known.size(), 1U);
  EXPECT_EQ(known[0].ticket, 1U);
  EXPECT_EQ(known[0].fault->reason, "panic again");
}

TEST(Lineup, ThatIsBrokenOffBeforeAnyWasFoundBlamesAll) {
  Lineup lineup({1, 2, 3}, {"panic", "trace", true});
  lineup.ended(well(lineup.next().value()));
  const auto known = std::move(lineup).broken_off();
  ASSERT_EQ(known.size(), 3U);
  for (const Ended& each : known) {
    EXPECT_TRUE(each.fault->is_violation);
    EXPECT_THAT(each.fault->reason, HasSubstr("no guest was left to run each alone"));
  }
}

TEST(Answer, OfAKernelThatComplainedIsAFailure) {
  const auto result =
      result_of(blamed(1, {"panic\nx", "trace\n", true, "/d"}), std::chrono::seconds(60), "6.1.0");
  EXPECT_EQ(result.verdict, scenario::Verdict::fail);
  EXPECT_EQ(result.reason, "panic x");
  EXPECT_THAT(result.report, HasSubstr("trace\n"));
  EXPECT_EQ(result.directory, "/d");
  EXPECT_EQ(result.kernel, "6.1.0");
}

TEST(Answer, OfAGuestThatDoesNotBootIsTrouble) {
  const auto result = result_of(blamed(1, {"no", "", false}), std::chrono::seconds(60), "6.1.0");
  EXPECT_EQ(result.verdict, scenario::Verdict::trouble);
}

}  // namespace
}  // namespace sockcr::runner
