// The commands that only read images: no socket, no privilege. `path` may be "-", standard input.
// All throw when an image cannot be read; one that is refused cannot, but for validate_image.
#pragma once

#include <string>

#include "engine/tool/exit_code.h"

namespace sockcr {

ExitCode show_image(const std::string& path, bool json);
ExitCode diff_images(const std::string& a, const std::string& b);  // failure when they differ
ExitCode validate_image(const std::string& path);                  // failure when it is refused

}  // namespace sockcr
