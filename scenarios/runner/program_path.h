#pragma once

#include <filesystem>

namespace sockcr::runner {

// The file that was called to get this program: $SOCKCR_PROGRAM where a wrapper stands before it
// (the bundle's, which calls a dynamic loader of its own, so that /proc/self/exe is that one),
// otherwise the program's own.
std::filesystem::path program_path();

}  // namespace sockcr::runner
