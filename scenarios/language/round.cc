#include "scenarios/language/round.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>

#include "engine/sys/error.h"
#include "scenarios/language/told_peers.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {
namespace {

std::vector<int> all_subjects(const World& world) {
  std::vector<int> numbers;
  for (const auto& [number, subject] : world.subjects) numbers.push_back(number);
  return numbers;
}

Parcel freeze(World& world, const std::vector<int>& numbers, const CutPlan& plan) {
  Parcel parcel;
  CutRequest request{.subjects = {},
                     .image_id = choose_image_id(),
                     .gate = &world.gate(),
                     .listen_only_at_checkpoint = plan.listeners_only_at_checkpoint,
                     .listen_only_at_restore = plan.listeners_only_at_restore,
                     .md5_keys = world.md5_keys};
  if (plan.as_written) request.as_written = plan.as_written;
  for (const int number : numbers) {
    Subject& subject = world.subjects.at(number);
    subject.exist();
    const pid_t pid = subject.pid();
    request.subjects.push_back(pid);
    parcel.subjects[pid] = number;
  }
  parcel.engine = engine_named(world.settings.engine).make();
  parcel.engine->freeze(request);
  parcel.folder = parcel.engine->folder();
  return parcel;
}

void expect_descriptors(int number, const std::set<int>& wanted, const std::set<int>& held) {
  if (held == wanted) return;
  throw Violation(fmt::format("descriptors of subject {}", number),
                  fmt::format("{}", fmt::join(wanted, ", ")),
                  fmt::format("{}", fmt::join(held, ", ")));
}

// False where the engine leaves the making of processes to us.
bool take_over(World& world, const Parcel& parcel) {
  bool took = false;
  for (const auto& [pid, number] : parcel.subjects) {
    auto process = parcel.engine->subject(pid);
    if (!process) return false;
    Subject& subject = world.subjects.at(number);
    const std::set<int> wanted = subject.descriptors();
    subject.became(std::move(*process));
    expect_descriptors(number, wanted, subject.descriptors());
    took = true;
  }
  return took;
}

// Every image has its own descriptors of the subjects, and each goes back to where it was.
void hand_over(World& world, const Parcel& parcel) {
  if (take_over(world, parcel)) return;
  std::map<int, std::map<int, int>> sockets;  // subject -> descriptor -> socket
  std::map<int, std::set<int>> close_on_exec;
  for (const auto& [pid, number] : parcel.subjects) sockets[number];
  for (const RestoredSocket& restored : parcel.engine->sockets()) {
    for (const Holder& holder : restored.holders) {
      const int number = parcel.subjects.at(holder.pid);
      sockets[number][holder.descriptor] = restored.socket;
      if (holder.close_on_exec) close_on_exec[number].insert(holder.descriptor);
    }
  }
  for (const auto& [number, held] : sockets) {
    Subject& subject = world.subjects.at(number);
    std::set<int> descriptors;
    for (const auto& [descriptor, socket] : held) descriptors.insert(descriptor);
    expect_descriptors(number, subject.descriptors(), descriptors);
    subject.start_again(held, close_on_exec[number]);
  }
  parcel.engine->give_owners([&](pid_t then) {
    const auto number = parcel.subjects.find(then);
    return number == parcel.subjects.end() ? 0 : world.subjects.at(number->second).pid();
  });
}

}  // namespace

void checkpoint(World& world, const CutPlan& plan) {
  world.phase = Phase::cut_or_after;
  ++world.round;
  world.before_cut = look_at_ours(world);
  const Trace::Scope tracing(&world.trace);
  world.parcels.clear();  // of the round before: other processes hold what it restored
  std::vector<Parcel> parcels;
  const auto images =
      plan.images.empty() ? std::vector<std::vector<int>>{all_subjects(world)} : plan.images;
  parcels.reserve(images.size());
  for (const auto& subjects : images) parcels.push_back(freeze(world, subjects, plan));
  {
    const Trace::Scope quiet(nullptr);
    world.mark(pcap::phase::frozen);
    world.pause_counting();
  }
  for (Parcel& parcel : parcels) {
    parcel.engine->checkpoint();
    parcel.image = parcel.engine->image();
  }
  const Trace::Scope quiet(nullptr);
  world.parcels = std::move(parcels);
  world.mark(pcap::phase::checkpointed);
}

void kill_subjects(World& world) {
  {
    const Trace::Scope tracing(&world.trace);
    for (Parcel& parcel : world.parcels) parcel.engine->kill();
  }
  for (auto& [number, subject] : world.subjects) subject.was_killed();
  world.mark(pcap::phase::killed);
  world.resume_counting();
}

void restore(World& world, const CutPlan& plan) {
  std::vector<Parcel*> order;
  for (Parcel& parcel : world.parcels) order.push_back(&parcel);
  if (plan.backwards) std::reverse(order.begin(), order.end());
  for (Parcel* parcel : order) {
    {
      const Trace::Scope tracing(&world.trace);
      parcel->engine->restore();
    }
    hand_over(world, *parcel);
  }
  world.restored = Instant::now();
  world.mark(pcap::phase::restored);
}

void resume(World& world) {
  {
    const Trace::Scope tracing(&world.trace);
    for (Parcel& parcel : world.parcels) parcel.engine->resume();
    resume_told_peers(world);
  }
  world.trace.behind_each_call({});
  if (world.arrivals) {
    world.remark = fmt::format("{} packets of the peer arrived", world.arrivals->count());
  }
  for (Parcel& parcel : world.parcels) parcel.engine.reset();
  world.mark(pcap::phase::resumed);
}

}  // namespace sockcr::scenario
