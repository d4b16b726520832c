// The run itself: starts one process a case, gives each failure its control, hands every verdict to
// the reporter.
#pragma once

#include <string>

#include "scenarios/runner/catalogue.h"
#include "scenarios/runner/options.h"
#include "scenarios/runner/reporter.h"

namespace sockcr::runner {

struct Caller {
  std::string command;  // this program as the user's shell would find it again, quoted
  bool names_scenario;  // false in a scenario binary: there a case is called by its variant alone
};

// Returns the exit code of the contract. What this machine refuses becomes the verdict trouble.
int run(const Catalogue& catalogue, const Selection& selection, const Options& options,
        const Caller& caller, Reporter& reporter);

}  // namespace sockcr::runner
