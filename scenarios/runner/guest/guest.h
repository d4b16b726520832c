// A machine that has booted and is watched: what it answers, and whether its kernel is well.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/runner/guest/boot_interrupted.h"
#include "scenarios/runner/guest/machine.h"

namespace sockcr::runner {

class Guest {
 public:
  // Boots. Throws SystemError, with the console's last lines, where it does not say hello in time;
  // BootInterrupted when `wake` becomes readable (-1: nothing).
  Guest(const GuestPrograms& programs, const std::filesystem::path& output, int wake);

  const Hello& hello() const { return hello_; }
  const GuestFolder& folder() const { return machine_.folder(); }
  void send(const Crew::Order& order) { machine_.send(order); }

  // Waits until there may be something to hear.
  void wait(Clock::duration limit, int wake) const;

  struct Heard {
    std::vector<Message> messages;
    // Then the guest is of no more use, and no case has ended: what one has said at the same time
    // was said in a kernel that complains.
    std::optional<KernelFault> fault;
  };
  // `silence`: for how long a guest that has something to do may say nothing; none: it has not.
  Heard hear(std::optional<Clock::duration> silence);

 private:
  std::optional<KernelFault> fault(bool is_alive, std::optional<Clock::duration> silence);
  void count_silence(bool has_spoken);
  void hear_out();

  const ImageKind kind_;
  Machine machine_;
  Hello hello_;
  bool complained_at_boot_ = false;  // then what it complains of later may be nothing new
  Clock::time_point listened_at_ = Clock::now();
  Clock::duration silent_for_{};
};

// What is to be said of a kernel that has ended: `exit` is the process's that ran it, itself under
// User-mode Linux, else QEMU; `said` its console.
KernelFault fault_of_ended(ImageKind kind, ChildProcess::Exit exit, std::string_view said);

}  // namespace sockcr::runner
