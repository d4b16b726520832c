#pragma once

#include <cstdint>

#include "scenarios/walk/walk.h"

namespace sockcr::scenario {

// The walk of that seed: legal, and the same on every machine.
Walk walk_of(std::uint64_t seed);

}  // namespace sockcr::scenario
