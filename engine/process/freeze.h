#pragma once

#include <sys/types.h>

#include "engine/sys/pidfd.h"

namespace sockcr {

// Every thread of the process is stopped, or will never run again.
bool stands_still(pid_t pid);

// A process whose threads all stand still (SIGSTOP), so that none of them meets a socket in repair
// mode: its recv would say EPERM and its send would be counted as sent. Goes on when the scope
// ends.
class Frozen {
 public:
  // Returns when every thread has stopped. Throws SystemError when one has not within 5 s (it may
  // be in uninterruptible sleep), with the process running again. A process that was stopped before
  // stays stopped afterwards.
  explicit Frozen(pid_t pid);
  Frozen(Frozen&&) noexcept = default;
  Frozen& operator=(Frozen&&) = delete;
  ~Frozen();

  const PidFd& pidfd() const { return pidfd_; }
  bool was_stopped_before() const { return was_stopped_; }

  // SIGKILL, and waits until the process and all its descriptors are gone.
  void kill();

 private:
  PidFd pidfd_;
  bool was_stopped_ = false;
  bool killed_ = false;
};

}  // namespace sockcr
