#pragma once

#include <filesystem>

#include "scenarios/runner/catalogue.h"

namespace sockcr::runner {

// Where run-scenario finds its scenario binaries: $SOCKCR_SCENARIOS, otherwise the folder
// `scenarios` next to the running program.
std::filesystem::path scenario_folder();

// Asks every executable file in `folder`, all at once, what it has. Those that do not answer within
// 10 s, or with something else, are damaged. Throws UsageError when there is nothing to ask.
Catalogue discover(const std::filesystem::path& folder);

}  // namespace sockcr::runner
