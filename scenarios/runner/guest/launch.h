#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/sys/process.h"
#include "scenarios/runner/guest/guest_folder.h"

namespace sockcr::runner {

// Starts a guest's program as `user`. All its processes die with the child: it is the first of a
// PID namespace where one can be made, as the address spaces of User-mode Linux are processes that
// outlive it. `descriptors` are its own numbers and what they are duplicates of; 0 is empty.
ChildProcess launch_guest(const std::vector<std::string>& arguments, const GuestUser& user,
                          const std::map<int, int>& descriptors);

}  // namespace sockcr::runner
