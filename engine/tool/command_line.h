// The command line of `sockcr`.
#pragma once

#include "engine/tool/exit_code.h"

namespace sockcr {

// Parses and runs. Messages go to standard error, one line each.
ExitCode run_command_line(int argc, const char* const* argv);

}  // namespace sockcr
