#pragma once

#include "scenarios/language/cut.h"

namespace sockcr::scenario {

class World;

// Reads the restored sockets as another checkpoint would, and lets them go again. Where reading
// destroys what it reads, that is a whole cut more.
void second_checkpoint_equals_first(World& world, const CutPlan& plan);

}  // namespace sockcr::scenario
