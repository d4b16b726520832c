// The commands that only open gates.
#pragma once

#include <string>
#include <vector>

#include "engine/tool/exit_code.h"

namespace sockcr {

// `sockcr release`: gives up on the source side. One that does not stand is no error.
ExitCode release(const std::string& image, const std::string& netns);

struct RescueOptions {
  std::vector<std::string> image_ids;  // 16 hexadecimal digits each
  bool all = false;
  std::string netns;
};

// `sockcr rescue`: lists what a killed engine left standing, and opens what is asked for.
ExitCode rescue(const RescueOptions& options);

}  // namespace sockcr
