// What a file is that --kernel names: told by its bytes, so that nothing is run that is no kernel.
#pragma once

#include <filesystem>
#include <string_view>

namespace sockcr::runner {

enum class ImageKind {
  user_mode,  // an ARCH=um `linux`: a program
  vmlinux,    // an ELF kernel for a machine
  bz_image,
  other,
};

// `bytes`: all of the file.
ImageKind image_kind(std::string_view bytes);

// Throws UsageError where `path` cannot be read, or is no kernel: it says how one is made.
ImageKind require_kernel(const std::filesystem::path& path);

}  // namespace sockcr::runner
