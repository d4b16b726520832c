#pragma once

#include <filesystem>

#include "scenarios/runner/case.h"
#include "scenarios/runner/catalogue.h"
#include "scenarios/runner/options.h"
#include "scenarios/runner/rerun.h"
#include "scenarios/runner/schedule.h"

namespace sockcr::runner {

// What the process of `planned` is asked. Its directory is one of `output_folder`; none when that
// is empty.
scenario::CaseRequest request_for(const Catalogue& catalogue, const Planned& planned,
                                  const Options& options, const Caller& caller,
                                  const std::filesystem::path& output_folder);

}  // namespace sockcr::runner
