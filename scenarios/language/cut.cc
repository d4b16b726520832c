// The cut as steps. What a timeline says once becomes nothing, one round or two, as the run
// decides.
#include <fmt/format.h>

#include "engine/image/decode.h"
#include "engine/image/diff.h"
#include "engine/sys/error.h"
#include "scenarios/language/expand.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr std::string_view cut_text = "cut ours";
constexpr std::string_view gate_opens_text = "gate opens";

void checkpoint(World& world) {
  world.phase = Phase::cut_or_after;
  ++world.round;
  world.before_cut = world.ours.observe();
  world.engine = engine_named(world.settings.engine).make();
  const Trace::Scope tracing(&world.trace);
  world.engine->freeze(world.ours.subject().pid(), choose_image_id());
  {
    const Trace::Scope quiet(nullptr);
    world.mark(pcap::phase::frozen);
    world.pause_counting();
  }
  world.engine->checkpoint();
  world.image = world.engine->image();
  const Trace::Scope quiet(nullptr);
  world.mark(pcap::phase::checkpointed);
}

void kill(World& world) {
  {
    const Trace::Scope tracing(&world.trace);
    world.engine->kill();
  }
  world.ours.forget_subject();
  world.mark(pcap::phase::killed);
  world.resume_counting();
}

void restore(World& world) {
  {
    const Trace::Scope tracing(&world.trace);
    world.engine->restore();
  }
  const std::vector<int> sockets = world.engine->sockets();
  if (sockets.size() != 1) {
    throw Violation("sockets restored", "1", fmt::format("{}", sockets.size()));
  }
  world.ours.hold_in_subject(sockets.front());
  world.mark(pcap::phase::restored);
}

void is_as_before(World& world) {
  const Observed now = world.ours.observe();
  if (now == *world.before_cut) return;
  throw Violation("ours after the restore", to_text(*world.before_cut), to_text(now));
}

// Reads the restored socket as a second checkpoint would, and lets it go again.
void second_checkpoint_equals_first(World& world) {
  Checkpoint second({.pids = {world.ours.subject().pid()}, .image_id = 0});
  second.freeze();
  const Image& again = second.read();
  const Image first = decode(world.image);
  for (std::size_t i = 0; i < first.sockets.size(); ++i) {
    const std::vector<Difference> left = beyond_tolerance(first.sockets[i], again.sockets[i]);
    if (left.empty()) continue;
    throw Violation("field " + left.front().name + " in a second checkpoint", left.front().a,
                    left.front().b);
  }
}

void resume(World& world) {
  {
    const Trace::Scope tracing(&world.trace);
    world.engine->resume();
  }
  world.engine.reset();
  world.mark(pcap::phase::resumed);
}

Steps one_cut(const Settings& settings, At at) {
  Steps steps{
      Step{"checkpoint ours", checkpoint, at, StepKind::engine},
      Step{"kill the subject", kill, at, StepKind::engine},
      Step{"restore ours in another subject", restore, at, StepKind::engine},
      Step{"ours is as before the cut", is_as_before, at, StepKind::engine},
  };
  if (settings.compare_images) {
    steps.append(Step{"a second checkpoint equals the first", second_checkpoint_equals_first, at,
                      StepKind::engine});
  }
  return steps;
}

}  // namespace

Step cut(At at) {
  return {std::string(cut_text), [](World&) {}, at, StepKind::engine};
}

Steps expand(const Steps& timeline, const Settings& settings) {
  Steps expanded;
  bool was_cut = false;
  for (const Step& step : timeline.list()) {
    if (step.text == cut_text) {
      for (int i = 0; i < static_cast<int>(settings.cut); ++i) {
        expanded.append(one_cut(settings, step.at));
        was_cut = true;
      }
      continue;
    }
    expanded.append(step);
    if (was_cut && step.text == gate_opens_text) {
      expanded.append(Step{"resume ours", resume, step.at, StepKind::engine});
      was_cut = false;
    }
  }
  return expanded;
}

}  // namespace sockcr::scenario
