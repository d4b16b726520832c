#pragma once

#include <functional>

#include "engine/tool/exit_code.h"

namespace sockcr {

// Whatever `command` throws becomes one line on standard error and an exit code.
ExitCode with_errors_told(const std::function<ExitCode()>& command);

}  // namespace sockcr
