// What a checkpoint tells on standard error when it is done.
#pragma once

#include <sys/types.h>
#include <optional>
#include <string>
#include <vector>

#include "engine/image/image.h"

namespace sockcr {

void report_left_running(const Image& image, const std::string& output);

// `netns`: what `restore` and `release` have to be given, as lasting_path() tells it.
void report_killed(const Image& image, const std::string& output, const std::vector<pid_t>& pids,
                   const std::optional<std::string>& netns);

}  // namespace sockcr
