#include "scenarios/language/timers.h"

#include <fmt/format.h>
#include <poll.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <functional>
#include <utility>

#include "engine/sys/error.h"
#include "scenarios/language/kept.h"
#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;

// A timeline takes the time a little after the kernel has begun to count.
constexpr double early = 1;

double seconds_since(const Instant& then) {
  return duration<double>(Clock::now() - then.by_clock).count();
}

Instant begin_of(const World& world, bool begun_anew) {
  const bool is_later = world.restored && world.restored->by_clock > world.time_taken.by_clock;
  return begun_anew && is_later ? *world.restored : world.time_taken;
}

// Until something arrives on the wire, `also` has something to tell, or the time is over.
void wait_and_drain(World& world, milliseconds most, int also = -1) {
  std::array<pollfd, 2> entries{pollfd{world.capture.descriptor(), POLLIN, 0}, pollfd{also, 0, 0}};
  const int ready = ::poll(entries.data(), entries.size(), static_cast<int>(most.count()));
  if (ready < 0 && errno != EINTR) throw SystemError("poll", "the capture", errno);
  world.capture.drain();
}

// What is waited for, and how it looks as long as it has not come.
struct Event {
  std::string what;  // "ours is gone"
  std::function<bool()> has_come;
  std::function<std::string()> instead;
  int descriptor = -1;  // that tells of it, by an error
};

std::string lateness_of(const Due& due) {
  return fmt::format("after {:g} s, or up to {:g} s later", due.seconds, due.late);
}

void note(World& world, const std::string& what, double seconds) {
  world.aside = fmt::format("after {:.1f} s", seconds);
  world.remark += fmt::format("{}{} {}", world.remark.empty() ? "" : ", ", what, world.aside);
}

void expect_when_due(World& world, const Event& event, const Due& due) {
  const Instant begin = begin_of(world, due.begun_anew);
  const auto look_every = std::max(milliseconds(10), milliseconds(std::lround(due.seconds)));
  const double slack = duration<double>(world.patience(milliseconds(500))).count();
  const double most = due.seconds + due.late + slack;
  while (!event.has_come()) {
    if (seconds_since(begin) > most) {
      throw Violation(event.what, lateness_of(due),
                      fmt::format("not {:.1f} s later: {}", seconds_since(begin), event.instead()));
    }
    wait_and_drain(world, look_every, event.descriptor);
  }
  const double passed = seconds_since(begin);
  const double looked_late = 2 * duration<double>(look_every).count();
  if (passed < due.seconds - early || passed > most + looked_late) {
    throw Violation(event.what, lateness_of(due), fmt::format("after {:.1f} s", passed));
  }
  note(world, event.what, passed);
}

std::size_t sent_since(World& world, Who who, const Instant& begin) {
  const pcap::Side side = who.speaker == Speaker::ours ? pcap::Side::ours : pcap::Side::peer;
  const auto all = heard_so_far(world, who);
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(),
      [&](const pcap::Segment& each) { return each.from == side && each.at > begin.by_day; }));
}

constexpr double widest_slot = 8.0 / 63;  // as a share of what is waited for

}  // namespace

Instant Instant::now() {
  return {Clock::now(), std::chrono::system_clock::now().time_since_epoch()};
}

std::string Due::text() const {
  return fmt::format("after {:g} s{}", seconds, begun_anew ? ", which a cut begins anew" : "");
}

Due after(double seconds) { return {seconds, seconds * widest_slot, false}; }
Due anew_after(double seconds) { return {seconds, seconds * widest_slot, true}; }

Step time_is_taken(At at) {
  return {"from here on time is counted", [](World& world) { world.time_taken = Instant::now(); },
          at};
}

Step time_passes(int seconds, At at) {
  return {fmt::format("{} s pass", seconds),
          [seconds](World& world) {
            const auto end = Clock::now() + std::chrono::seconds(seconds);
            for (auto now = Clock::now(); now < end; now = Clock::now()) {
              wait_and_drain(world, std::chrono::ceil<milliseconds>(end - now));
            }
          },
          at};
}

Step End::is_gone(const Due& due, At at) const {
  return {fmt::format("nothing is left of {} {}", name_, due.text()),
          [who = who_, name = name_, due](World& world) {
            expect_when_due(world,
                            {name + " is gone", [&] { return !find_in_kernel(world, who); },
                             [&] { return text_of(find_in_kernel(world, who)); }},
                            due);
          },
          at};
}

Step End::gives_up(const Due& due, At at) const {
  return {fmt::format("{} gives up {}", name_, due.text()),
          [who = who_, due](World& world) {
            const Actor& actor = world.actor(who);
            const FileDescriptor socket = actor.borrow();
            expect_when_due(world,
                            {actor.name() + " gives up",
                             [&] { return actor.observe().state == TcpState::close; },
                             [&] { return to_text(actor.observe()); }, socket.get()},
                            due);
          },
          at};
}

Step End::speaks(const Due& due, At at) const {
  return {fmt::format("{} says its next segment {}", name_, due.text()),
          [who = who_, name = name_, due](World& world) {
            const Instant begin = begin_of(world, due.begun_anew);
            expect_when_due(world,
                            {name + " speaks", [&] { return sent_since(world, who, begin) > 0; },
                             [] { return std::string("it is silent"); }},
                            due);
          },
          at};
}

Step End::has_sent_since(std::size_t least, std::size_t most, At at) const {
  const std::string range =
      least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, most);
  return {fmt::format("{} has sent {} segments since, or since the cut", name_, range),
          [who = who_, name = name_, range, least, most](World& world) {
            world.mark("said");  // whatever was sent is in the capture
            const std::size_t sent = sent_since(world, who, begin_of(world, true));
            if (sent < least || sent > most) {
              throw Violation("segments of " + name, range, fmt::format("{}", sent));
            }
            world.aside = fmt::format("{}", sent);
          },
          at};
}

}  // namespace sockcr::scenario
