#include "scenarios/runner/guest/guest.h"

#include <fmt/format.h>
#include <poll.h>
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

KernelFault complaint(const Complaint& found) { return {found.headline, found.trace, true}; }

}  // namespace

KernelFault fault_of_ended(ChildProcess::Exit exit, std::string_view said) {
  if (const auto found = complaint_in(said)) return complaint(*found);
  const ChildProcess::Exit how = unfolded(exit);
  KernelFault fault;
  fault.reason = "the guest's kernel " + end_text(how);
  fault.trace = last_lines(said, shown_lines);
  // Killed by this machine, short of memory perhaps; or shut down in order, because the agent in it
  // gave up.
  fault.is_violation = how.signal != SIGKILL && (how.signal != 0 || how.code != 0);
  return fault;
}

Guest::Guest(const GuestPrograms& programs, const std::filesystem::path& output, int wake)
    : machine_(programs, output) {
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
  said_at_boot_ = machine_.said().size();
  if (const auto found = complaint_in(machine_.said())) {
    complained_at_boot_ = true;
    std::fprintf(stderr, "%s complains before the first case (%s): later, only a panic is judged\n",
                 programs.image.kernel.c_str(), found->headline.c_str());
  }
  last_heard_ = Clock::now();
}

std::string_view Guest::said() const {
  return std::string_view(machine_.said()).substr(said_at_boot_);
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
  if (!heard.messages.empty() || !silence) last_heard_ = Clock::now();
  heard.fault = fault(is_alive, silence);
  if (heard.fault) std::erase_if(heard.messages, is_an_end);
  return heard;
}

std::optional<KernelFault> Guest::fault(bool is_alive, std::optional<Clock::duration> silence) {
  if (!is_alive) {
    const auto exit = machine_.end(death_lasts);
    return fault_of_ended(exit, said());
  }
  if (!complained_at_boot_ && complaint_in(said())) {
    hear_out();
    return complaint(*complaint_in(said()));
  }
  if (!silence || Clock::now() - last_heard_ <= *silence) return std::nullopt;
  const auto seconds = std::chrono::duration<double>(*silence).count();
  return KernelFault{fmt::format("the guest's kernel hangs: no sign of life for {:g} s", seconds),
                     last_lines(said(), shown_lines), true};
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
