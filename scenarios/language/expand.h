#pragma once

#include "scenarios/language/settings.h"
#include "scenarios/language/step.h"

namespace sockcr::scenario {

// The timeline as it will be played: cut() replaced by the cuts of the settings, with the resume
// behind the opening of the gate.
Steps expand(const Steps& timeline, const Settings& settings);

// Whether any of it depends on the cuts that are asked for.
bool has_cut(const Steps& timeline);

}  // namespace sockcr::scenario
