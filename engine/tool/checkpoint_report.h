// What a checkpoint tells on standard error when it is done.
#pragma once

#include <sys/types.h>
#include <optional>
#include <string>
#include <vector>

#include "engine/image/image.h"

namespace sockcr {

void report_left_running(const Image& image, const std::string& output);

// What the next step has to be given.
struct NextStep {
  std::optional<std::string> netns;  // as lasting_path() tells it
  std::string md5_key;               // file of keys; empty: none
};

void report_killed(const Image& image, const std::string& output, const std::vector<pid_t>& pids,
                   const NextStep& next);

}  // namespace sockcr
