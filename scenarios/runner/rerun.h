// The one line that repeats a case, as a shell reads it.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/runner/case.h"

namespace sockcr::runner {

struct Caller {
  std::string command;  // this program as the user's shell would find it again, quoted
  bool names_scenario;  // false in a scenario binary: there a case is called by its variant alone
};

// `word` so that a POSIX shell reads it back as one word with the same bytes.
std::string shell_quoted(std::string_view word);

// `command` is how this program was called, `name` the case in this program's words. All that
// differs from the defaults is said, and always cut, engine and seed.
std::string rerun_command(const std::string& command, const std::string& name,
                          const scenario::CaseRequest& request);

}  // namespace sockcr::runner
