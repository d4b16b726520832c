#pragma once

#include <memory>
#include <vector>

#include "scenarios/runner/reporter.h"

namespace sockcr::runner {

// Hands every call on to each, in the order in which they were added.
class SeveralReporters : public Reporter {
 public:
  void add(std::unique_ptr<Reporter> reporter) { all_.push_back(std::move(reporter)); }

  void begin(const RunFacts& facts) override {
    for (const auto& each : all_) each->begin(facts);
  }
  void judged(const JudgedCase& judged, const Tally& so_far) override {
    for (const auto& each : all_) each->judged(judged, so_far);
  }
  void tick(const Tally& so_far) override {
    for (const auto& each : all_) each->tick(so_far);
  }
  void note(const std::string& text) override {
    for (const auto& each : all_) each->note(text);
  }
  void end(const Tally& tally, Ending ending) override {
    for (const auto& each : all_) each->end(tally, ending);
  }

 private:
  std::vector<std::unique_ptr<Reporter>> all_;
};

}  // namespace sockcr::runner
