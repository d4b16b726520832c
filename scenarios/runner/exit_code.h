#pragma once

#include <stdexcept>

namespace sockcr::runner {

// The caller asked for something that does not exist or is not built yet: exit 129, so that
// `git bisect run` stops instead of blaming a kernel.
class UsageError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Exit codes of the command-line contract.
enum ExitCode : int {
  exit_good = 0,
  exit_bad = 1,
  exit_cannot_judge = 125,
  exit_usage = 129,
  exit_interrupted = 130,
};

// Which words the exit code speaks: those of `git bisect run`, or kselftest's.
enum class ExitStyle { bisect, ksft };

// What kselftest.h calls KSFT_PASS and so on.
enum KselftestCode : int {
  ksft_pass = 0,
  ksft_fail = 1,
  ksft_xfail = 2,
  ksft_skip = 4,
};

}  // namespace sockcr::runner
