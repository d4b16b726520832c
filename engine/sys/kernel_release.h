// The order of kernel releases, as `uname -r` tells them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace sockcr {

struct KernelRelease {
  // Version, patch level, sublevel, then the candidate: what is none comes after all that are.
  std::array<unsigned, 4> parts{};

  // clang-tidy 14 takes the zero inside a defaulted <=> for a null pointer.
  auto operator<=>(const KernelRelease&) const = default;  // NOLINT(modernize-use-nullptr)
};

// 6.12, 6.12.5, 6.12-rc3, 6.12.0-rc3-next-20260101, 6.18.44-fc-v669; what stands behind is not
// looked at. Nothing where the text begins otherwise.
std::optional<KernelRelease> parse_kernel_release(std::string_view text);

std::string kernel_release();  // of the running kernel

}  // namespace sockcr
