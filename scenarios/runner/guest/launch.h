#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/sys/process.h"
#include "scenarios/runner/guest/guest_folder.h"

namespace sockcr::runner {

struct Launch {
  std::vector<std::string> arguments;
  GuestUser user;
  std::map<int, int> descriptors;  // the program's own numbers, and what they duplicate; 0 is empty
  // The kernel of User-mode Linux and its programs are processes that wait for each other at every
  // system call. On two processors each such turn wakes an idle one: three times as slow.
  bool keeps_to_one_processor = false;
};

// All processes of the guest die with the child: it is the first of a PID namespace where one can
// be made, as the address spaces of User-mode Linux are processes that outlive it.
ChildProcess launch_guest(const Launch& launch);

}  // namespace sockcr::runner
