#include "scenarios/runner/guest/user_mode.h"

#include <fmt/format.h>

#include "scenarios/runner/guest/descriptors.h"

namespace sockcr::runner {

std::vector<std::string> user_mode_arguments(const UserModeGuest& guest) {
  return {
      guest.image,
      fmt::format("mem={}M", guest.memory_mib),
      "root=hostfs",  // or, with block devices, the kernel waits for /dev/ubda
      "rootfstype=hostfs",
      "rootflags=/",
      "ro",
      fmt::format("init={}/init", guest.folder),
      // What it would leave in ~/.uml.
      fmt::format("uml_dir={}/", guest.folder),
      "umid=uml",
      fmt::format("con0=fd:0,fd:{}", console_descriptor),
      "con=null",
      fmt::format("ssl0=fd:{},fd:{}", channel_descriptor, channel_descriptor + 1),
      "ssl=null",
  };
}

}  // namespace sockcr::runner
