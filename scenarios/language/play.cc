#include "scenarios/language/play.h"
#include "engine/sys/error.h"

#include <fmt/format.h>

#include "pcap/stall.h"

namespace sockcr::scenario {
namespace {

// Design: whose fault is an error?
Verdict verdict_of_error(StepKind kind, Phase phase) {
  switch (kind) {
    case StepKind::laboratory:
      return Verdict::trouble;
    case StepKind::engine:
      return Verdict::fail;
    case StepKind::drive:
      return phase == Phase::before_cut ? Verdict::trouble : Verdict::fail;
  }
  return Verdict::trouble;
}

std::optional<Failure> perform(World& world, const Step& step) {
  try {
    step.run(world);
    return std::nullopt;
  } catch (const Violation& violation) {
    return Failure{Verdict::fail, violation.subject, violation.expected, violation.actual};
  } catch (const Unsupported& unsupported) {
    return Failure{Verdict::skip, step.text, "", unsupported.what()};
  } catch (const std::exception& error) {
    return Failure{verdict_of_error(step.kind, world.phase), step.text, "no error", error.what()};
  }
}

void play_steps(World& world, Performance& performance) {
  for (std::size_t i = 0; i < performance.steps.size(); ++i) {
    PlayedStep& played = performance.steps[i];
    const auto start = Clock::now();
    performance.failure = perform(world, played.step);
    played.took = Clock::now() - start;
    played.outcome = performance.failure ? PlayedStep::Outcome::failed : PlayedStep::Outcome::ok;
    if (performance.failure) {
      performance.failed_step = i;
      return;
    }
  }
}

// The witness speaks last, over the whole capture; after a step that failed it only adds to it.
void judge_capture(World& world, Performance& performance) {
  world.mark("end");
  world.capture.require_complete();
  const pcap::Evidence evidence = world.evidence();
  performance.breaches = pcap::judge(evidence);
  if (world.byte_is_due) {
    if (const auto stall = pcap::stall(evidence)) {
      performance.stall_ms = std::chrono::duration<double, std::milli>(*stall).count();
    }
  }
  if (performance.failure) return;
  if (!performance.breaches.empty()) {
    const pcap::Breach& first = performance.breaches.front();
    performance.failure =
        Failure{Verdict::fail, fmt::format("rule {}, packet {}", first.rule, first.finding.packet),
                first.finding.expected, first.finding.actual};
    return;
  }
  const std::int64_t resets = world.resets_sent();
  if (resets != 0 && world.allowed_resets.empty()) {
    performance.failure =
        Failure{Verdict::fail, "the kernels' counters of resets sent (TcpOutRsts)", "0",
                fmt::format("{}", resets)};
  }
}

}  // namespace

Performance play(World& world, const Steps& timeline) {
  Performance performance;
  for (const Step& step : timeline.list()) performance.steps.push_back({.step = step});
  play_steps(world, performance);
  try {
    judge_capture(world, performance);
  } catch (const std::exception& error) {
    // A capture without its marks proves nothing; it does not undo what a step has found.
    if (!performance.failure) {
      performance.failure = Failure{Verdict::trouble, "the capture", "complete", error.what()};
    }
  }
  return performance;
}

}  // namespace sockcr::scenario
