// `sockcr checkpoint`: the sockets of programs, or of a network namespace, into an image.
#pragma once

#include <sys/types.h>
#include <string>
#include <vector>

#include "engine/tool/exit_code.h"

namespace sockcr {

struct CheckpointOptions {
  std::vector<pid_t> pids;
  std::vector<int> descriptors;  // none: all
  bool tree = false;             // their descendants too
  std::string netns;             // instead of pids: everything in it
  std::string output;            // file, or "-"
  std::string md5_key;           // file of keys; empty: none
  bool leave_running = false;
  bool listen_only = false;
};

// The report goes to standard error. Throws Refused, WrongUse, Interrupted, SystemError, Violation
// or Unsupported; then the programs run on, and the gate is open.
ExitCode checkpoint(const CheckpointOptions& options);

}  // namespace sockcr
