#pragma once

#include "scenarios/runner/progress.h"
#include "scenarios/runner/reporter.h"
#include "scenarios/runner/screen.h"

namespace sockcr::runner {

// For programs: one JSON object a line on `stream`, nothing else there. While the lines go
// elsewhere, a terminal at `side` shows the progress bar.
class JsonReporter : public Reporter {
 public:
  JsonReporter(std::FILE* stream, std::FILE* side);

  void begin(const RunFacts& facts) override { facts_ = facts; }
  void judged(const JudgedCase& judged, const Tally& so_far) override;
  void tick(const Tally& so_far) override;
  void end(const Tally& tally, Ending ending) override;

 private:
  std::FILE* stream_;
  Screen side_;
  bool shows_progress_;
  RunFacts facts_{};
};

}  // namespace sockcr::runner
