#pragma once

#include "scenarios/language/cut.h"

namespace sockcr::scenario {

class World;

// The parts of a cut, each of all images. Phase marks are sent by them.
void checkpoint(World& world, const CutPlan& plan);
void kill_subjects(World& world);
void restore(World& world, const CutPlan& plan);

// Reads the restored sockets as another checkpoint would, and lets them go again. Where reading
// destroys what it reads, that is a whole cut more.
void second_checkpoint_equals_first(World& world, const CutPlan& plan);

}  // namespace sockcr::scenario
