#include "scenarios/runner/guest/guest_image.h"

#include "scenarios/runner/guest/qemu.h"

namespace sockcr::runner {

GuestImage guest_image(const std::filesystem::path& kernel) {
  GuestImage image{require_kernel(kernel), kernel};
  if (image.kind != ImageKind::user_mode && may_have_kvm()) image.accelerator = Accelerator::kvm;
  return image;
}

}  // namespace sockcr::runner
