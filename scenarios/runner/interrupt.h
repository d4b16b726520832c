#pragma once

#include <csignal>

#include "engine/sys/descriptor.h"

namespace sockcr::runner {

// While it lives, SIGINT and SIGTERM do not end this process: they can be read from a descriptor.
// They are blocked, and a child that is started meanwhile inherits that: the Ctrl-C of a terminal
// goes to every process of the foreground group, but what it means is for the runner to say.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  int get() const { return descriptor_.get(); }  // readable when a signal came
  bool take();                                   // one signal that came, if any

 private:
  sigset_t before_{};
  FileDescriptor descriptor_;
};

// For a process that a runner started: steps out of the foreground group and unblocks what the
// runner blocked, so that the programs it starts find signals as usual.
void leave_to_the_runner();

}  // namespace sockcr::runner
