// The progress bar beside an output for programs.
#pragma once

#include "scenarios/runner/progress.h"
#include "scenarios/runner/reporter.h"
#include "scenarios/runner/screen.h"

namespace sockcr::runner {

// Shown at `side` if that is a terminal and `stream`, where the output goes, is none.
class SideBar {
 public:
  SideBar(std::FILE* stream, std::FILE* side);

  void begin(const RunFacts& facts);
  void tick(const Tally& so_far);
  void clear() { side_.clear_status(); }

 private:
  Screen side_;
  bool shown_;
  Clock::time_point started_{};
  std::optional<std::uint64_t> total_;
};

}  // namespace sockcr::runner
