// One cut, in its parts; each works on all images, and marks its phase.
#pragma once

#include "scenarios/language/cut.h"

namespace sockcr::scenario {

class World;

void checkpoint(World& world, const CutPlan& plan);
void kill_subjects(World& world);
void restore(World& world, const CutPlan& plan);
// The gate is open.
void resume(World& world);

}  // namespace sockcr::scenario
