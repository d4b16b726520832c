#pragma once

#include "scenarios/language/scenario.h"
#include "scenarios/runner/case.h"

namespace sockcr::scenario {

// One case from the sandbox to the verdict, in a child process that vanishes with all that it made.
CaseResult run_case(const Scenario& scenario, const CaseRequest& request);

}  // namespace sockcr::scenario
