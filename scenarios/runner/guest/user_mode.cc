#include "scenarios/runner/guest/user_mode.h"

#include <fmt/format.h>
#include <cstdint>

#include "scenarios/runner/guest/descriptors.h"

namespace sockcr::runner {
namespace {

constexpr std::uint64_t start_of_virtual_time_ns = 1'767'225'600'000'000'000;  // 2026-01-01, UTC

}  // namespace

std::vector<std::string> user_mode_arguments(const UserModeGuest& guest) {
  std::vector<std::string> arguments{
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
  if (guest.virtual_time) {
    // All that is computed takes no time, and who waits is not waited for. The day is always the
    // same, so that a capture can be compared with another.
    arguments.emplace_back("time-travel=inf-cpu");
    arguments.push_back(fmt::format("time-travel-start={}", start_of_virtual_time_ns));
  }
  return arguments;
}

}  // namespace sockcr::runner
