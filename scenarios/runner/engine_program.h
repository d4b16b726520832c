// The program that an engine is, where it is one.
#pragma once

#include <string>

namespace sockcr::runner {

// criu for criu:PATH, and every other name as it is.
std::string engine_without_path(const std::string& engine);

// Throws std::runtime_error, with the next step, where the engine's program cannot be executed, and
// UsageError for criu: without a path.
void require_engine_program(const std::string& engine);

}  // namespace sockcr::runner
