// A kernel of Debian's, fetched by its version; the work is ci/debian-kernel's.
#pragma once

#include <filesystem>
#include <string>

#include "scenarios/runner/guest/guest_image.h"

namespace sockcr::runner {

// "debian:" of debian:6.1.
constexpr std::string_view debian_prefix = "debian:";

// Runs `script`, which prints the folder that holds the kernel; what else it says is for the user.
// Throws UsageError where `version` is none of a kernel, SystemError where it could not be had, and
// BootInterrupted when `wake` becomes readable (-1: nothing).
GuestImage debian_kernel(const std::filesystem::path& script, const std::string& version, int wake);

}  // namespace sockcr::runner
