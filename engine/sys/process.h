#pragma once

#include <sys/types.h>
#include <cstdint>
#include <functional>

#include "engine/sys/pidfd.h"

namespace sockcr {

// A child of this process. It dies with its owner object and, by PR_SET_PDEATHSIG, with its parent.
class ChildProcess {
 public:
  // A loose child survives a parent that is killed.
  enum class Bond : std::uint8_t { with_parent, loose };

  // Runs `body` in a fork of this (single-threaded) process; what it returns is the exit code, an
  // exception is printed and becomes 125. `clone_flags`: CLONE_NEWUSER, CLONE_NEWNET, ...
  static ChildProcess run(const std::function<int()>& body, unsigned long clone_flags = 0,
                          Bond bond = Bond::with_parent);

  // One that somebody else has made a child of this process (CLONE_PARENT).
  static ChildProcess adopt(PidFd pidfd) { return ChildProcess(std::move(pidfd)); }

  ChildProcess(ChildProcess&&) noexcept = default;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  // Kills (SIGKILL) and reaps whatever still runs.
  ~ChildProcess();

  pid_t pid() const { return pidfd_.pid(); }
  const PidFd& pidfd() const { return pidfd_; }
  void kill();

  struct Exit {
    int code;    // exit code, or
    int signal;  // the signal that ended it, or 0
  };
  Exit wait();
  [[nodiscard]] bool ended() const { return reaped_; }

 private:
  friend class Program;
  explicit ChildProcess(PidFd pidfd) : pidfd_(std::move(pidfd)) {}

  PidFd pidfd_;
  bool reaped_ = false;
};

}  // namespace sockcr
