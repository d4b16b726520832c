// What a guest is booted from.
#pragma once

#include <cstdint>
#include <filesystem>

#include "scenarios/runner/guest/image_kind.h"

namespace sockcr::runner {

// Who runs the instructions of a virtual machine: the processor, or QEMU, 10 to 20 times slower.
enum class Accelerator : std::uint8_t { kvm, tcg };

struct GuestImage {
  ImageKind kind = ImageKind::user_mode;
  std::filesystem::path kernel;
  // As ci/debian-kernel makes it: `initrd`, what is to be loaded first, and `lib/modules/RELEASE`.
  // "": all that is needed is built in.
  std::filesystem::path modules{};
  Accelerator accelerator = Accelerator::tcg;
};

// Throws UsageError where the file is no kernel. KVM is chosen where it may work.
GuestImage guest_image(const std::filesystem::path& kernel);

struct GuestPrograms {
  GuestImage image;
  std::filesystem::path init, agent;
  bool virtual_time = false;  // User-mode Linux only
};

}  // namespace sockcr::runner
