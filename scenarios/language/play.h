// Playing one timeline from its first step to its last, and telling what happened.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "pcap/rule.h"
#include "scenarios/language/step.h"
#include "scenarios/language/world.h"
#include "scenarios/runner/case.h"

namespace sockcr::scenario {

struct PlayedStep {
  enum class Outcome { ok, failed, not_run };
  Step step;
  Outcome outcome = Outcome::not_run;
  std::string aside{};  // how it did what it says
  std::chrono::nanoseconds took{};
};

// Why a case did not pass.
struct Failure {
  Verdict verdict = Verdict::fail;
  std::string what;              // the step, the rule or the call
  std::string expected, actual;  // of a violation; else `actual` is the error's text
};

struct Performance {
  std::vector<PlayedStep> steps;
  std::optional<std::size_t>
      failed_step;  // index; empty when the witness found it, or nothing failed
  std::optional<Failure> failure;
  std::vector<pcap::Breach> breaches;
  std::vector<SnapshotDifference> changed;  // of ours by the first cut, where it was played on
  std::optional<double> stall_ms;
};

// Never throws for what happens in the timeline; that is what the performance tells.
Performance play(World& world, const Steps& timeline);

}  // namespace sockcr::scenario
