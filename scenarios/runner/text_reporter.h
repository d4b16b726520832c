#pragma once

#include "scenarios/runner/progress.h"
#include "scenarios/runner/reporter.h"
#include "scenarios/runner/screen.h"

namespace sockcr::runner {

// For people: a line a case when there are few, failures in full when they happen, the rest in
// numbers; on a terminal with a progress bar.
class TextReporter : public Reporter {
 public:
  explicit TextReporter(std::FILE* stream) : screen_(stream) {}

  void begin(const RunFacts& facts) override;
  void judged(const JudgedCase& judged, const Tally& so_far) override;
  void tick(const Tally& so_far) override;
  void note(const std::string& text) override { screen_.print("note: " + text + "\n"); }
  void end(const Tally& tally, Ending ending) override;

 private:
  bool few() const;
  bool shows_in_full(const JudgedCase& judged);
  void print_plain_progress(const Tally& so_far);
  Progress progress(const Tally& so_far) const;
  std::string case_line(const JudgedCase& judged) const;
  std::string full_text(const JudgedCase& judged) const;
  std::string groups_text(std::string_view title, const ReasonGroups& reasons) const;
  std::string summary(const Tally& tally, Ending ending) const;

  Screen screen_;
  RunFacts facts_{};
  ReasonGroups known_, skips_, troubles_, failures_;
  Clock::time_point last_progress_{};
  bool below_block_ = false;  // the last thing printed was a failure and an empty line
};

}  // namespace sockcr::runner
