#pragma once

#include <sys/types.h>

#include "engine/sys/descriptor.h"
#include "engine/sys/poll.h"

namespace sockcr {

// A process that cannot be mistaken for a later one with the same number (Linux 5.3).
class PidFd {
 public:
  static PidFd open(pid_t pid);
  PidFd(pid_t pid, FileDescriptor descriptor) : pid_(pid), descriptor_(std::move(descriptor)) {}

  pid_t pid() const { return pid_; }
  int get() const { return descriptor_.get(); }
  PidFd duplicate() const { return {pid_, descriptor_.duplicate()}; }

  // A duplicate of the process's descriptor `number`, in this process (pidfd_getfd, Linux 5.6).
  // Needs PTRACE_MODE_ATTACH_REALCREDS towards the process.
  FileDescriptor take(int number) const;

  // False when the process is already gone.
  bool send(int signal) const;

  // A pidfd becomes readable when the process has ended (its sockets are closed by then).
  [[nodiscard]] bool ended_within(Clock::duration limit) const;

 private:
  pid_t pid_;
  FileDescriptor descriptor_;
};

}  // namespace sockcr
