// The cut as steps. What a timeline says once becomes nothing, one round or two, as the run
// decides.
#include "scenarios/language/cut.h"

#include <fmt/format.h>
#include <poll.h>
#include <algorithm>

#include "engine/sys/error.h"
#include "engine/sys/socket.h"
#include "engine/tcp/repair.h"
#include "scenarios/language/elsewhere.h"
#include "scenarios/language/expand.h"
#include "scenarios/language/occupant.h"
#include "scenarios/language/round.h"
#include "scenarios/language/second_checkpoint.h"
#include "scenarios/language/told_peers.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr std::string_view gate_opens_text = "gate opens";

// What a program that keeps its listeners and lets its connections go looks like to the peer: the
// control of a cut that leaves the connections out.
void give_connections_up(World& world) {
  for (auto& [number, talk] : world.conversations) {
    if (!talk.ours.is_open()) continue;
    {
      const FileDescriptor last = talk.ours.borrow();
      enter_repair(last.get(), Reuse::keep);
    }
    const int domain = world.settings.variant.family == Family::v4 ? AF_INET : AF_INET6;
    talk.ours.hold_instead(make_socket(domain, SOCK_STREAM, IPPROTO_TCP).get());
  }
}

// Nothing is waited for: time itself is what happens.
Step gap_step(int seconds, At at) {
  if (seconds == 0) return {};
  return {seconds == 1 ? "a second passes" : fmt::format("{} seconds pass", seconds),
          [seconds](World& world) {
            const auto end = Clock::now() + std::chrono::seconds(seconds);
            while (Clock::now() < end) {
              ::poll(nullptr, 0, 500);
              world.capture.drain();
            }
          },
          at};
}

// An engine that made fewer calls than this has left something out.
constexpr std::size_t least_arrivals = 50;

void begin_arrivals(World& world) {
  if (is_foreign(world.settings.engine)) {
    throw Unsupported("a packet behind each call of " + world.settings.engine,
                      "its calls are another program's");
  }
  if (!world.arrivals) world.arrivals.emplace(world);
  world.trace.behind_each_call([&world] { world.arrivals->arrive(); });
}

void expect_arrivals(World& world) {
  const std::size_t count = world.arrivals->count();
  if (count >= least_arrivals) return;
  throw Violation("packets that arrived behind the engine's calls",
                  fmt::format("at least {}", least_arrivals), fmt::format("{}", count));
}

constexpr std::string_view compared_text = "ours is as before the cut";

// Of what is to be seen both times.
std::vector<SnapshotDifference> still_different(const Snapshot& before, const Snapshot& now) {
  std::vector<SnapshotDifference> left = differences_of(before, now);
  std::erase_if(left, [&](const SnapshotDifference& each) {
    return !before.contains(each.what) || !now.contains(each.what);
  });
  return left;
}

// Of another project's engine there is more to learn than that an option is not kept: whether the
// conversation goes on. And it may be in repair mode still, which shows (SO_REUSEADDR is 2): what
// differs now is all that is looked at once more, behind the open gate.
void compare_with_before(World& world) {
  const Snapshot now = look_at_ours(world);
  if (!is_foreign(world.settings.engine)) return expect_same(world.before_cut, now);
  Snapshot different;
  for (const auto& [what, before, after] : differences_of(world.before_cut, now)) {
    different[what] = before;
  }
  world.before_cut = std::move(different);
}

void compare_again(World& world) {
  const auto left = still_different(world.before_cut, look_at_ours(world));
  if (!left.empty()) throw Changed{left};
}

// In repair mode still, so that it goes without a word.
void kill_restored(World& world) {
  for (Parcel& parcel : world.parcels) parcel.engine->give_up();
  for (auto& [number, subject] : world.subjects) subject.end();
}

Step engine_step(std::string text, std::function<void(World&)> run, At at) {
  return {std::move(text), std::move(run), at, StepKind::engine};
}

Step move_step(const Settings& settings, At at) {
  if (!settings.moves()) return {};
  return {"ours moves to another namespace", move_ours, at, StepKind::laboratory};
}

Step look_step(const Settings& settings, At at) {
  if (!settings.moves()) return {};
  return engine_step("ours is in that namespace", expect_ours_here, at);
}

Step tell_step(const Settings& settings, At at) {
  if (!settings.new_address()) return {};
  return engine_step("cut the peer too, and tell it of ours' new address", tell_peers, at);
}

Step restore_step(const CutPlan& plan, At at) {
  if (plan.occupied != Occupies::nothing) {
    return engine_step(
        "restore ours in another subject, where somebody else is in its place",
        [plan](World& world) { restore_in_place_of_another(world, plan); }, at);
  }
  return engine_step(
      "restore ours in another subject", [plan](World& world) { restore(world, plan); }, at);
}

Steps one_round(const CutPlan& plan, const Settings& settings, At at) {
  Steps steps{
      plan.with_arrivals
          ? Step{"from here on a packet of peer arrives behind each call of the engine",
                 begin_arrivals, at, StepKind::laboratory}
          : Step{},
      engine_step(
          "checkpoint ours", [plan](World& world) { checkpoint(world, plan); }, at),
      engine_step("kill the subject", kill_subjects, at),
      gap_step(plan.gap_seconds, at),
      move_step(settings, at),
      restore_step(plan, at),
      look_step(settings, at),
      tell_step(settings, at),
  };
  if (plan.with_arrivals) {
    steps.append(engine_step("packets of peer have arrived behind each call", expect_arrivals, at));
  }
  if (plan.restored_again) {
    steps.append({engine_step("kill what was restored", kill_restored, at),
                  engine_step(
                      "restore ours once more from the same image",
                      [plan](World& world) { restore(world, plan); }, at)});
  }
  if (plan.listeners_only()) return steps;
  steps.append(engine_step(std::string(compared_text), compare_with_before, at));
  if (!settings.compare_images || plan.clock_is_unsure || is_foreign(settings.engine)) return steps;
  steps.append(engine_step(
      "a second checkpoint equals the first",
      [plan](World& world) { second_checkpoint_equals_first(world, plan); }, at));
  return steps;
}

Steps rounds(const CutPlan& plan, const Settings& settings, At at) {
  Steps steps;
  if (settings.cut == Cut::none && plan.listeners_only()) {
    steps.append(engine_step("ours gives its connections up", give_connections_up, at));
  }
  for (int i = 0; i < rounds_of(settings.cut); ++i) {
    steps.append(one_round(plan, settings, at));
  }
  return steps;
}

std::string text_of(const CutPlan& plan) {
  if (plan.listeners_only_at_checkpoint) return "cut ours, and checkpoint its listeners only";
  if (plan.listeners_only_at_restore) return "cut ours, and restore its listeners only";
  if (plan.with_arrivals) return "cut ours, and a packet of peer arrives behind each call";
  if (plan.occupied != Occupies::nothing) return "cut ours, and somebody takes its place";
  if (plan.gap_seconds == 1) return "cut ours, with a second in between";
  if (plan.gap_seconds > 1) {
    return fmt::format("cut ours, with {} seconds in between", plan.gap_seconds);
  }
  if (plan.restored_again) return "cut ours, and restore it twice from one image";
  if (!plan.written_by.empty()) return "cut ours, the image written by " + plan.written_by;
  if (plan.images.empty()) return "cut ours";
  return fmt::format("cut ours into {} images, restored {}", plan.images.size(),
                     plan.backwards ? "in the other order" : "in their order");
}

}  // namespace

Step cut(const CutPlan& plan, At at) {
  Step step{text_of(plan), [](World&) {}, at, StepKind::engine};
  step.becomes = [plan, at](const Settings& settings) { return rounds(plan, settings, at); };
  return step;
}

bool has_cut(const Steps& timeline) {
  const std::vector<Step>& all = timeline.list();
  return std::any_of(all.begin(), all.end(),
                     [](const Step& step) { return static_cast<bool>(step.becomes); });
}

Steps expand(const Steps& timeline, const Settings& settings) {
  Steps expanded;
  bool is_cut = false, is_compared = false;
  for (const Step& step : timeline.list()) {
    if (step.becomes) {
      const Steps steps = step.becomes(settings);
      for (const Step& each : steps.list()) {
        is_cut |= each.text.starts_with("restore ours");
        is_compared |= each.text == compared_text;
      }
      expanded.append(steps);
      continue;
    }
    expanded.append(step);
    if (is_cut && step.text == gate_opens_text) {
      expanded.append(engine_step("resume ours", resume, step.at));
      if (is_compared && is_foreign(settings.engine)) {
        expanded.append(engine_step("ours is as it was, resumed", compare_again, step.at));
      }
      is_cut = is_compared = false;
    }
  }
  return expanded;
}

}  // namespace sockcr::scenario
