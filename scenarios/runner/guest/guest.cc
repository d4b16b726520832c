#include "scenarios/runner/guest/guest.h"

#include <fmt/format.h>
#include <poll.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/sys/error.h"
#include "scenarios/runner/answer.h"
#include "scenarios/runner/guest/console.h"

namespace sockcr::runner {
namespace {

// A processor that runs the guest itself needs a few seconds, or never gets there.
constexpr Clock::duration boot_limit(Accelerator accelerator) {
  return std::chrono::seconds(accelerator == Accelerator::kvm ? 20 : 240);
}
constexpr std::size_t shown_lines = 12;

// Of the console of a kernel that is well: more than what is shown, and than a line half said.
constexpr std::size_t remembered = 16U << 10;

// From the first line of a complaint until all of it has been printed.
constexpr auto complaint_lasts = std::chrono::milliseconds(300);

// From the end of the channel to that of the process: a panic is printed, memory is given back.
constexpr auto death_lasts = std::chrono::seconds(5);

// A child that watched the guest tells a signal as a shell does.
ChildProcess::Exit unfolded(ChildProcess::Exit exit) {
  return exit.signal == 0 && exit.code > 128 ? ChildProcess::Exit{-1, exit.code - 128} : exit;
}

bool is_an_end(const Message& message) {
  return std::holds_alternative<Ended>(message) || std::holds_alternative<Refused>(message);
}

// The file that is the memory of User-mode Linux could not grow: SIGBUS, in the words of
// arch/um/kernel/trap.c, and then a panic that is none of the kernel's doing.
constexpr std::string_view no_memory = "mount likely just ran out of space";

constexpr std::string_view powers_off = "reboot: Power down";  // said at the emergency level

KernelFault complaint(const Complaint& found, std::string_view said) {
  if (said.find(no_memory) == said.npos) return {found.headline, found.trace, true};
  return {"this machine has no memory left for the guest: " + found.headline, found.trace, false};
}

// User-mode Linux is the kernel: a signal other than SIGKILL, which this machine sends when it is
// short of memory, is its own doing, and it exits with 0 when it powers off.
bool has_failed(ChildProcess::Exit how) {
  return how.signal != 0 ? how.signal != SIGKILL : how.code != 0;
}

// QEMU's exit is about QEMU. With -no-reboot it ends well when its guest powers off, as it does
// where the agent in it gave up, and when the guest is reset, as after a triple fault.
std::string end_of_machine(ChildProcess::Exit how, bool powered_off) {
  if (how.signal != 0 || how.code != 0) return "QEMU " + end_text(how);
  return powered_off ? "the guest has powered off" : "the guest's kernel was reset without a word";
}

}  // namespace

KernelFault fault_of_ended(ImageKind kind, ChildProcess::Exit exit, std::string_view said) {
  if (const auto found = complaint_in(said)) return complaint(*found, said);
  const ChildProcess::Exit how = unfolded(exit);
  KernelFault fault;
  fault.trace = last_lines(said, shown_lines);
  if (kind == ImageKind::user_mode) {
    fault.is_violation = has_failed(how);
    fault.reason = "the guest's kernel " + end_text(how);
  } else {
    const bool powered_off = said.find(powers_off) != said.npos;
    fault.is_violation = how.signal == 0 && how.code == 0 && !powered_off;
    fault.reason = end_of_machine(how, powered_off);
  }
  return fault;
}

Guest::Guest(const GuestPrograms& programs, const std::filesystem::path& output, int wake)
    : kind_(programs.image.kind), machine_(programs, output) {
  const auto deadline = Clock::now() + boot_limit(programs.image.accelerator);
  const auto failed = [&](const std::string& how) {
    const std::string shown = last_lines(machine_.said(), shown_lines);
    return SystemError("boot", programs.image.kernel.string(), 0)
        .advise(how + "; the last of its console:\n" + shown);
  };
  for (;;) {
    const bool is_alive = machine_.listen();
    for (const Message& message : machine_.take_messages()) {
      if (const auto* hello = std::get_if<Hello>(&message)) hello_ = *hello;
    }
    if (!hello_.kernel.empty()) break;
    if (!is_alive) throw failed(end_text(unfolded(machine_.end(death_lasts))));
    if (Clock::now() > deadline) throw failed("nothing that runs cases has answered in time");
    if (wake >= 0 && readable_within(wake, Clock::duration::zero())) throw BootInterrupted();
    wait(std::chrono::milliseconds(100), wake);
  }
  if (programs.virtual_time && !hello_.virtual_time) {
    throw SystemError("time-travel=inf-cpu", programs.image.kernel.string(), 0)
        .advise(
            "this kernel has no virtual time: it needs CONFIG_UML_TIME_TRAVEL_SUPPORT=y, which "
            "ci/build-kernel sets (and says so where the tree does not have it)");
  }
  if (const auto found = complaint_in(machine_.said())) {
    complained_at_boot_ = true;
    std::fprintf(stderr, "%s complains before the first case (%s): later, only a panic is judged\n",
                 programs.image.kernel.c_str(), found->headline.c_str());
  }
  machine_.forget_all_but_the_last(0);
  count_silence(true);
}

void Guest::wait(Clock::duration limit, int wake) const {
  pollfd entries[] = {
      {machine_.console(), POLLIN, 0}, {machine_.channel(), POLLIN, 0}, {wake, POLLIN, 0}};
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  if (::poll(entries, 3, static_cast<int>(ms)) < 0 && errno != EINTR) {
    throw SystemError("poll", "the guest", errno);
  }
}

Guest::Heard Guest::hear(std::optional<Clock::duration> silence) {
  const bool is_alive = machine_.listen();
  Heard heard;
  try {
    heard.messages = machine_.take_messages();
  } catch (const nlohmann::json::exception& error) {
    heard.fault = {fmt::format("the guest's answer is none: {}", one_line(error.what())), "",
                   false};
    return heard;
  }
  count_silence(!heard.messages.empty() || !silence);
  heard.fault = fault(is_alive, silence);
  if (heard.fault) std::erase_if(heard.messages, is_an_end);
  return heard;
}

std::optional<KernelFault> Guest::fault(bool is_alive, std::optional<Clock::duration> silence) {
  if (!is_alive) {
    const auto exit = machine_.end(death_lasts);
    return fault_of_ended(kind_, exit, machine_.said());
  }
  if (!complained_at_boot_ && complaint_in(machine_.said())) {
    hear_out();
    return complaint(*complaint_in(machine_.said()), machine_.said());
  }
  machine_.forget_all_but_the_last(remembered);
  if (!silence || silent_for_ <= *silence) return std::nullopt;
  const auto seconds = std::chrono::duration<double>(*silence).count();
  return KernelFault{fmt::format("the guest's kernel hangs: no sign of life for {:g} s", seconds),
                     last_lines(machine_.said(), shown_lines), true};
}

// Only while it was listened to: this machine may have stood still, and the guest with it.
void Guest::count_silence(bool has_spoken) {
  constexpr Clock::duration longest_wait = std::chrono::seconds(1);
  const auto now = Clock::now();
  silent_for_ += std::min(now - listened_at_, longest_wait);
  if (has_spoken) silent_for_ = Clock::duration::zero();
  listened_at_ = now;
}

// What it has begun to complain of.
void Guest::hear_out() {
  const auto deadline = Clock::now() + complaint_lasts;
  for (auto left = complaint_lasts; left.count() > 0 && machine_.listen();) {
    wait(left, -1);
    left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  }
}

}  // namespace sockcr::runner
