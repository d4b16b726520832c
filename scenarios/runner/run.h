// The run itself: starts one process a case, gives each failure its control, hands every verdict to
// the reporter.
#pragma once

#include "scenarios/runner/catalogue.h"
#include "scenarios/runner/crew.h"
#include "scenarios/runner/expectations.h"
#include "scenarios/runner/interrupt.h"
#include "scenarios/runner/options.h"
#include "scenarios/runner/reporter.h"
#include "scenarios/runner/rerun.h"

namespace sockcr::runner {

// What it is done with.
struct Means {
  Interrupt& interrupt;  // older than the crew: children inherit what it blocks
  Crew& crew;
};

// Returns the exit code of the contract. What this machine refuses becomes the verdict trouble.
int run(const Catalogue& catalogue, const Selection& selection, const Options& options,
        const Caller& caller, Expectations& expectations, Reporter& reporter, const Means& means);

}  // namespace sockcr::runner
