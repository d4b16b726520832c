#pragma once

#include <vector>

#include "scenarios/engines/engine.h"

namespace sockcr::scenario {

// Engines with one mistake each, by editing what our engine is about to do; none of them looks at
// the state it reached. They prove that the suite can fail.
std::vector<EngineEntry> broken_engines();

}  // namespace sockcr::scenario
