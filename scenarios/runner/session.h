// What both programs, run-scenario and a scenario binary, do once they know what there is.
#pragma once

#include <functional>
#include <string>

#include "scenarios/runner/catalogue.h"
#include "scenarios/runner/options.h"
#include "scenarios/runner/run.h"

namespace sockcr::runner {

// Lists, or runs and reports, as `options` say (all but Action::show). Returns the exit code; 125
// when standard output could not be written.
int carry_out(const Catalogue& catalogue, const Options& options, const Caller& caller);

// Runs the body of a main function: UsageError becomes 129 and any other exception 125, each with
// one line on standard error that begins with `program`.
int guarded_main(const std::string& program, const std::function<int()>& body);

// How the user's shell finds this program again: `invoked` is argv[0].
std::string command_of(const std::string& invoked);

// The last part of a path.
std::string base_name(const std::string& path);

}  // namespace sockcr::runner
