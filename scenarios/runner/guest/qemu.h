// How QEMU is called, for a vmlinux (by its PVH entry) or a bzImage.
#pragma once

#include <string>
#include <vector>

#include "scenarios/runner/guest/guest_image.h"

namespace sockcr::runner {

struct QemuGuest {
  std::string qemu;  // the program
  std::string kernel, initrd;
  std::string left;  // the one folder of the host that the guest may write to
  Accelerator accelerator = Accelerator::tcg;
  unsigned memory_mib = 1024;
};

// argv. The host's files are there read-only, behind the tag "host"; the console is standard output
// and the channel a port named "sockcr". Nothing of the host's network is in it.
std::vector<std::string> qemu_arguments(const QemuGuest& guest);

// Whether KVM may be tried: that /dev/kvm opens is not enough, a host that is itself
// paravirtualised has it and hangs its guests. Whether it works, only a boot tells.
bool may_have_kvm();

}  // namespace sockcr::runner
