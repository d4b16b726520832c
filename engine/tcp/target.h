#pragma once

#include <vector>

#include "engine/image/image.h"
#include "engine/process/md5_key.h"

namespace sockcr {

// What a plan must know of the machine that performs it.
struct Target {
  TimestampClock clock;              // the socket's, rebased to this machine's (clock.h)
  std::vector<OptionValue> options;  // of a new socket of the same domain
  std::vector<Md5Key> keys{};        // one for each of the socket's signed peers
};

}  // namespace sockcr
