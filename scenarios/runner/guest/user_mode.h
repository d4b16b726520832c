// How User-mode Linux is called.
#pragma once

#include <string>
#include <vector>

namespace sockcr::runner {

struct UserModeGuest {
  std::string image;           // absolute
  std::string folder;          // of its own, absolute: `init` in it is the program to begin with
  unsigned memory_mib = 2048;  // two cases of `many` at once need more than half
  bool virtual_time = false;
};

// argv. The host's files are its root, read-only; nothing of the host's network is in it.
std::vector<std::string> user_mode_arguments(const UserModeGuest& guest);

}  // namespace sockcr::runner
