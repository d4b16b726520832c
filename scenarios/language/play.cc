#include "scenarios/language/play.h"

#include <fmt/format.h>
#include <algorithm>
#include <utility>

#include "engine/sys/error.h"
#include "pcap/resets.h"
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

std::optional<Failure> perform(World& world, const Step& step,
                               std::vector<SnapshotDifference>& changed) {
  try {
    step.run(world);
    return std::nullopt;
  } catch (const Changed& change) {
    if (changed.empty()) changed = change.differences;
    return std::nullopt;
  } catch (const Violation& violation) {
    return Failure{Verdict::fail, violation.subject, violation.expected, violation.actual};
  } catch (const Unsupported& unsupported) {
    return Failure{Verdict::skip, step.text, "", unsupported.what()};
  } catch (const Trouble& trouble) {
    return Failure{Verdict::trouble, step.text, "", trouble.what()};
  } catch (const std::exception& error) {
    return Failure{verdict_of_error(step.kind, world.phase), step.text, "no error", error.what()};
  }
}

void play_steps(World& world, Performance& performance) {
  for (std::size_t i = 0; i < performance.steps.size(); ++i) {
    PlayedStep& played = performance.steps[i];
    const auto start = Clock::now();
    performance.failure = perform(world, played.step, performance.changed);
    played.took = Clock::now() - start;
    played.aside = std::exchange(world.aside, {});
    played.outcome = performance.failure ? PlayedStep::Outcome::failed : PlayedStep::Outcome::ok;
    if (performance.failure) {
      performance.failed_step = i;
      return;
    }
  }
}

// What a rule says of the whole wire it says once for each conversation.
void add_new(std::vector<pcap::Breach>& all, const std::vector<pcap::Breach>& more) {
  for (const pcap::Breach& breach : more) {
    const bool known = std::any_of(all.begin(), all.end(), [&](const pcap::Breach& each) {
      return each.rule == breach.rule && each.finding == breach.finding;
    });
    if (!known) all.push_back(breach);
  }
}

// The longest wait of all conversations.
std::optional<double> stall_of(const std::vector<pcap::Evidence>& evidence) {
  std::optional<double> longest;
  for (const pcap::Evidence& each : evidence) {
    const auto stall = pcap::stall(each);
    if (!stall) continue;
    const double ms = std::chrono::duration<double, std::milli>(*stall).count();
    longest = std::max(longest.value_or(0), ms);
  }
  return longest;
}

std::optional<Failure> objection(World& world, const Performance& performance) {
  if (!performance.breaches.empty()) {
    const pcap::Breach& first = performance.breaches.front();
    return Failure{Verdict::fail,
                   fmt::format("rule {}, packet {}", first.rule, first.finding.packet),
                   first.finding.expected, first.finding.actual};
  }
  // What the kernels say that they have sent has to be what the rules have seen and allowed.
  const std::int64_t sent = world.resets_sent();
  const auto seen = static_cast<std::int64_t>(pcap::count_resets(world.capture.recording()));
  if (sent == seen) return std::nullopt;
  return Failure{Verdict::fail, "the kernels' counters of resets sent (TcpOutRsts)",
                 fmt::format("{}", seen), fmt::format("{}", sent)};
}

std::optional<Failure> change_in(const Performance& performance) {
  if (performance.changed.empty()) return std::nullopt;
  const auto& [what, before, after] = performance.changed.front();
  return Failure{Verdict::fail, what, before, after};
}

// The witness speaks last, over the whole capture; after a step that failed it only adds to it.
void judge_capture(World& world, Performance& performance) {
  world.mark("end");
  world.capture.require_complete();
  const std::vector<pcap::Evidence> evidence = world.evidence();
  for (const pcap::Evidence& each : evidence) add_new(performance.breaches, pcap::judge(each));
  if (world.byte_is_due) performance.stall_ms = stall_of(evidence);
  if (!performance.failure) performance.failure = objection(world, performance);
  if (!performance.failure) performance.failure = change_in(performance);
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
