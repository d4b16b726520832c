// Somebody is where ours was, when ours comes back.
#pragma once

#include "scenarios/language/cut.h"

namespace sockcr::scenario {

class World;

// Restores ours while another socket stands in its place. Either it works, or the error says who is
// in the way and leaves nothing behind, and it works once he has gone.
void restore_in_place_of_another(World& world, const CutPlan& plan);

}  // namespace sockcr::scenario
