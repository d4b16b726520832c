#include "scenarios/runner/program_path.h"

#include <cstdlib>
#include <system_error>

namespace sockcr::runner {

std::filesystem::path program_path() {
  const char* called = std::getenv("SOCKCR_PROGRAM");
  if (called != nullptr && *called == '/') return called;
  std::error_code unreadable;
  return std::filesystem::read_symlink("/proc/self/exe", unreadable);
}

}  // namespace sockcr::runner
