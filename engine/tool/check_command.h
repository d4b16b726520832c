// `sockcr check`: what this kernel, these rights and this build can do.
#pragma once

#include "engine/tool/exit_code.h"

namespace sockcr {

// Failure when connections cannot be checkpointed and restored here.
ExitCode check(bool json);

}  // namespace sockcr
