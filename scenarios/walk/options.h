// Options that a walk may set on ours, by the names that it calls them by.
#pragma once

#include <string>

#include "scenarios/walk/line.h"

namespace sockcr::scenario {

Lines sets_option(const std::string& name);
// They are still set; where that would hold bytes back, not any more.
Lines still_has_option(const std::string& name);

}  // namespace sockcr::scenario
