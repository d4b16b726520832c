// A checkpoint that does not end in a kill: the program goes on, whether it was taken or not.
#include <fmt/format.h>
#include <algorithm>
#include <exception>
#include <vector>

#include "engine/sys/error.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

// What no engine knows, and so nobody takes for an answer of the kernel's.
struct Interruption : std::exception {
  const char* what() const noexcept override { return "interrupted by the scenario"; }
};

// These are made where an error can be thrown, and not by who cleans up.
bool can_fail(std::string_view call) {
  return call.starts_with("getsockopt(") || call.starts_with("setsockopt(");
}

Parcel freeze(World& world) {
  world.phase = Phase::cut_or_after;
  Subject& subject = world.subjects[1];
  subject.exist();
  CutRequest request{.subjects = {subject.pid()},
                     .image_id = choose_image_id(),
                     .gate = &world.gate(),
                     .leave_running = true};
  Parcel parcel{.engine = engine_named(world.settings.engine).make(), .subjects = {}, .image = {}};
  parcel.engine->freeze(request);
  return parcel;
}

void take_checkpoint(World& world) {
  world.parcels.clear();  // of the round before, which goes on behind the gate too
  ++world.round;
  const Trace::Scope tracing(&world.trace);
  Parcel parcel = freeze(world);
  parcel.engine->checkpoint();
  parcel.image = parcel.engine->image();
  world.parcels.push_back(std::move(parcel));
  const Trace::Scope quiet(nullptr);
  world.mark(pcap::phase::checkpointed);
}

void let_go(World& world) {
  {
    const Trace::Scope tracing(&world.trace);
    for (Parcel& parcel : world.parcels) parcel.engine->let_go();
  }
  world.parcels.clear();
  world.mark(pcap::phase::resumed);
}

// Takes a checkpoint that is interrupted behind this call of those that can fail (0: behind none),
// and tells how many there were.
std::size_t checkpoint_interrupted_at(World& world, std::size_t number) {
  std::size_t count = 0;
  world.trace.behind_each_call([&] {
    if (!can_fail(world.trace.lines().back().text) || ++count != number) return;
    world.trace.remark("here the scenario interrupts the engine");
    throw Interruption();
  });
  const Trace::Scope tracing(&world.trace);
  const Parcel parcel = freeze(world);
  parcel.engine->checkpoint();
  world.trace.behind_each_call({});  // what undoes it makes calls too, and must not be interrupted
  return count;
}

// A clock that is read until two readings agree may be read once less than the time before; then
// it is the call in front.
void interrupt_checkpoint(World& world, std::size_t number) {
  constexpr std::size_t fewer_calls = 4;
  for (std::size_t less = 0; less < std::min(number, fewer_calls); ++less) {
    try {
      checkpoint_interrupted_at(world, number - less);
    } catch (const Interruption&) {
      return;
    }
  }
  throw Violation("a checkpoint that was interrupted", "fails", "it was taken");
}

void fail_checkpoints(World& world) {
  const std::size_t count = checkpoint_interrupted_at(world, 0);
  if (count == 0) throw Unsupported("an interrupted checkpoint", "the engine's calls are not seen");
  for (const std::size_t number : {std::size_t{1}, (count + 1) / 2, count}) {
    interrupt_checkpoint(world, number);
  }
  world.trace.behind_each_call({});
}

Step in_each_round(Step step) {
  step.kind = StepKind::engine;
  step.becomes = [step](const Settings& settings) {
    Step one = step;
    one.becomes = {};
    Steps steps;
    for (int i = 0; i < rounds_of(settings.cut); ++i) steps.append(one);
    return steps;
  };
  return step;
}

}  // namespace

Step checkpoint_in_passing(At at) {
  return in_each_round({"checkpoint ours, which shall run on", take_checkpoint, at});
}

Step ours_goes_on(At at) {
  Step step{"ours goes on", let_go, at, StepKind::engine};
  step.becomes = [step](const Settings& settings) {
    Step one = step;
    one.becomes = {};
    return rounds_of(settings.cut) == 0 ? Steps{} : Steps{one};
  };
  return step;
}

Step checkpoints_fail(At at) {
  return in_each_round({"checkpoints of ours fail: at the beginning, in the middle, at the end",
                        fail_checkpoints, at});
}

}  // namespace sockcr::scenario
