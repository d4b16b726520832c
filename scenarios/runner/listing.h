// What --list and --list-engines print: values in, text out.
#pragma once

#include <string>

#include "scenarios/runner/catalogue.h"
#include "scenarios/runner/options.h"

namespace sockcr::runner {

// One case a line; as JSON {"case", "scenario", "variant", "about", "needs"}, as text under a
// comment line for each scenario.
std::string list_cases(const Catalogue& catalogue, const std::vector<CaseId>& cases, Format format);

// One engine a line; as JSON {"engine", "about", "cases"}.
std::string list_engines(const Catalogue& catalogue, Format format);

}  // namespace sockcr::runner
