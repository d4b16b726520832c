#include "scenarios/language/words.h"

namespace sockcr::scenario {
namespace {

constexpr std::int64_t second = 1'000'000'000, hour = 3600 * second, day = 24 * hour;  // ns

// The same image, as a machine would have written it whose clocks show other times. The time stamps
// that the peer has seen are the same, so where CLOCK_MONOTONIC is ahead the offset is less.
void written_elsewhere(Image& image, std::int64_t monotonic, std::int64_t realtime) {
  image.circumstance.boot_id = "00000000-0000-0000-0000-000000000000";
  image.circumstance.monotonic_ns += monotonic;
  image.circumstance.realtime_ns += realtime;
  for (Socket& socket : image.sockets) {
    auto* connection = std::get_if<TcpConnection>(&socket);
    if (connection == nullptr) continue;
    const std::int64_t tick = connection->clock.microseconds ? 1000 : 1'000'000;
    connection->clock.offset -= static_cast<std::uint32_t>(monotonic / tick);
  }
}

// Half as long as this machine has been, in whole seconds.
void written_after_a_boot(Image& image) {
  const std::int64_t up = image.circumstance.monotonic_ns;
  written_elsewhere(image, -(up / 2 / second * second), 0);
}

CutPlan plan_of(const Variant& v) {
  const auto by = [](std::string who, std::int64_t monotonic, std::int64_t realtime) {
    return CutPlan{.written_by = std::move(who), .as_written = [=](Image& image) {
                     written_elsewhere(image, monotonic, realtime);
                   }};
  };
  if (v.detail == "older") return by("a machine that has been up for longer", 40 * day, 0);
  if (v.detail == "ahead") {
    CutPlan plan = by("a machine whose time of day is ahead", 0, 5 * hour);
    plan.clock_is_unsure = true;
    return plan;
  }
  if (v.detail == "behind") {
    CutPlan plan = by("a machine whose time of day is 40 days behind", 0, -40 * day);
    plan.clock_is_unsure = true;
    return plan;
  }
  return {.written_by = "a machine that was booted later", .as_written = written_after_a_boot};
}

}  // namespace

const Scenario the_scenario{
    .name = "clock_shift",
    .about =
        "the image comes from a machine whose clocks show other times: it was booted later, "
        "or long before (older), or its time of day is ahead (ahead), or so far behind that a "
        "clock that believed it would leap back (behind); the peer sees time stamps that go on",
    .axes = {.families = {Family::v4, Family::v6},
             .queues = {Queues::empty, Queues::unread, Queues::unsent, Queues::lost, Queues::all},
             .details = {"", "older", "ahead", "behind"}},
    .timeline = [](const Variant& v) -> Steps {
      return {
          establish(v),
          unread_bytes(v),
          undelivered_bytes(v),

          gate.closes(),
          unsent_bytes(v),
          late_bytes(v),
          v.detail == "behind" ? ours.may_leap_ahead("which clock is right, nobody knows") : Step{},
          cut(plan_of(v)),
          gate.opens(),

          ours.is_in(TcpState::established),
          ours.reads_all(),
          peer.reads_all(),
          talk(ours, peer),
          part(ours, peer),
          conversation_ends(),
      };
    },
};

}  // namespace sockcr::scenario
