// Ctrl-C and SIGTERM, kept until there is a moment to go back in order.
#pragma once

#include <csignal>
#include <optional>
#include <stdexcept>

#include "engine/sys/descriptor.h"
#include "engine/tool/exit_code.h"

namespace sockcr {

// Asked to stop; thrown only before the point of no return.
class Interrupted : public std::runtime_error {
 public:
  explicit Interrupted(int signal);
  ExitCode exit_code() const;

 private:
  int signal_;
};

// While it lives SIGINT and SIGTERM wait to be looked at, SIGTSTP waits for the end (a stopped tool
// would leave the peers blocked), and a reader that went away is an error and no death (SIGPIPE). A
// signal that is ignored already stays ignored. Programs that are run meanwhile inherit this, so
// that a terminal's Ctrl-C does not take away the rules that undo the work.
//
// SIGHUP, SIGQUIT and SIGKILL are the guardian's (process/guardian.h).
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  // Throws Interrupted when one of the two has come.
  void check();
  // Past the point of no return: whatever has come is too late.
  void forget();
  // Readable when one has.
  int descriptor() const { return descriptor_.get(); }

 private:
  std::optional<int> take();

  sigset_t before_{};
  struct sigaction pipe_before_ {};
  FileDescriptor descriptor_;
};

}  // namespace sockcr
