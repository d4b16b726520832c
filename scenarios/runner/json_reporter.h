#pragma once

#include "scenarios/runner/reporter.h"
#include "scenarios/runner/side_bar.h"

namespace sockcr::runner {

// For programs: one JSON object a line on `stream`, nothing else there. While the lines go
// elsewhere, a terminal at `side` shows the progress bar.
class JsonReporter : public Reporter {
 public:
  JsonReporter(std::FILE* stream, std::FILE* side) : stream_(stream), bar_(stream, side) {}

  void begin(const RunFacts& facts) override;
  void judged(const JudgedCase& judged, const Tally& so_far) override;
  void tick(const Tally& so_far) override { bar_.tick(so_far); }
  void note(const std::string&) override {}  // the contract has no line for it
  void end(const Tally& tally, Ending ending) override;

 private:
  std::FILE* stream_;
  SideBar bar_;
  Clock::time_point started_{};
};

}  // namespace sockcr::runner
