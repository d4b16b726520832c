// Waiting for what TCP will do, with a verdict when it does not.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "scenarios/language/world.h"

namespace sockcr::scenario {

// Returns when `condition` holds. Throws Violation, with what `actual` says, when it cannot hold
// any more: for 3 s neither side moved and no timer of either is pending (a hang), or when the
// limit passes. Both times are multiplied by the slow factor.
void await(World& world, std::string_view what, std::string_view expected,
           const std::function<bool()>& condition, const std::function<std::string()>& actual);

}  // namespace sockcr::scenario
