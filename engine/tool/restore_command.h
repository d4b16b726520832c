// `sockcr restore`: this process becomes a command that holds the sockets of an image.
#pragma once

#include <string>
#include <vector>

#include "engine/tool/exit_code.h"

namespace sockcr {

struct RestoreOptions {
  std::string image;    // file, or "-"
  std::string netns;    // empty: the caller's
  std::string md5_key;  // file of keys; empty: none
  bool listen_only = false;
  std::string handoff = "same-fd";
  std::vector<std::string> command;
};

// Returns only when the command could not be executed. Throws as checkpoint() does; up to the
// opening of the gate nothing is left then, and a gate that stood before still stands.
ExitCode restore(const RestoreOptions& options);

}  // namespace sockcr
