#pragma once

#include <string>

#include "scenarios/runner/options.h"
#include "scenarios/runner/reporter.h"
#include "scenarios/runner/schedule.h"
#include "scenarios/runner/selection.h"

namespace sockcr::runner {

// What reporters are told before the first case. The run counts as started now.
RunFacts facts_of(const Catalogue& catalogue, const Selection& selection, const Schedule& schedule,
                  const Options& options, const std::string& kernel);

}  // namespace sockcr::runner
