#include "scenarios/language/await.h"

#include <fmt/format.h>
#include <algorithm>

#include "engine/process/diag.h"
#include "engine/sys/error.h"
#include "scenarios/language/process_state.h"

namespace sockcr::scenario {
namespace {

using namespace std::chrono_literals;

constexpr auto quiet_limit = 3s;
constexpr auto limit = 12s;  // far above any retransmission that a case can need

// What both sides' kernels say about the conversation, and what its programs have done.
struct Activity {
  std::vector<std::string> sockets;
  std::uint64_t moved = 0;    // bytes written and read
  bool more_to_come = false;  // a timer is pending, or a program waits for a processor
};

// Not every program is a process at every moment.
bool somebody_is_runnable(const World& world) {
  return std::any_of(world.subjects.begin(), world.subjects.end(), [](const auto& numbered) {
    const auto pid = numbered.second.pid_if_any();
    return pid && process_state(*pid) == 'R';
  });
}

Activity activity_of(World& world) {
  Activity activity;
  for (const netns::End end : {netns::End::ours, netns::End::peer}) {
    const NetworkNamespace::Scope inside(world.laboratory.inside(end));
    for (const TcpDiag& diag : dump_tcp()) {
      activity.sockets.push_back(fmt::format("{} {} {} {} {}", to_text(end), to_text(diag.local),
                                             to_text(diag.state), diag.receive_queue,
                                             diag.send_queue));
      activity.more_to_come |= diag.timer != TcpTimer::none && diag.timer != TcpTimer::time_wait;
    }
  }
  activity.more_to_come |= somebody_is_runnable(world);
  for (const auto& [number, talk] : world.conversations) {
    for (const Actor* actor : {&talk.ours, &talk.peer})
      activity.moved += actor->written + actor->read;
  }
  return activity;
}

class HangWatch {
 public:
  explicit HangWatch(World& world) : world_(world) {}

  // True when nothing has moved for the quiet limit and nothing will.
  bool hangs() {
    const auto now = Clock::now();
    if (now < next_look_) return false;
    next_look_ = now + 100ms;
    Activity activity = activity_of(world_);
    if (activity.more_to_come || activity.sockets != last_.sockets ||
        activity.moved != last_.moved) {
      last_ = std::move(activity);
      quiet_since_ = now;
      return false;
    }
    return now - quiet_since_ > world_.patience(quiet_limit);
  }

 private:
  World& world_;
  Activity last_;
  Clock::time_point next_look_ = Clock::now() + 100ms;
  Clock::time_point quiet_since_ = Clock::now();
};

}  // namespace

void await(World& world, std::string_view what, std::string_view expected,
           const std::function<bool()>& condition, const std::function<std::string()>& actual) {
  HangWatch watch(world);
  bool hangs = false;
  const bool held = poll_until(world.patience(limit), [&] {
    world.capture.drain();
    if (condition()) return true;
    hangs = watch.hangs();
    return hangs;
  });
  if (held && !hangs) return;
  const std::string why = hangs ? " (a hang: no timer is pending and nothing moved for 3 s)"
                                : " (still not, after 12 s)";
  throw Violation(what, expected, actual() + why);
}

}  // namespace sockcr::scenario
