// Images as other machines would have written them, whose clocks show other times.
#include <utility>

#include "scenarios/language/cut.h"

namespace sockcr::scenario {
namespace {

constexpr std::int64_t second = 1'000'000'000, hour = 3600 * second, day = 24 * hour;  // ns

// The time stamps that the peer has seen are the same, so where CLOCK_MONOTONIC is ahead the offset
// is less.
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

CutPlan by(std::string who, std::int64_t monotonic, std::int64_t realtime) {
  return {.written_by = std::move(who),
          .as_written = [=](Image& image) { written_elsewhere(image, monotonic, realtime); }};
}

CutPlan with_unsure_clock(CutPlan plan) {
  plan.clock_is_unsure = true;
  return plan;
}

}  // namespace

CutPlan written_by_another(OtherMachine machine) {
  switch (machine) {
    case OtherMachine::booted_later:
      return {.written_by = "a machine that was booted later", .as_written = written_after_a_boot};
    case OtherMachine::up_for_longer:
      return by("a machine that has been up for longer", 40 * day, 0);
    case OtherMachine::ahead:
      return with_unsure_clock(by("a machine whose time of day is ahead", 0, 5 * hour));
    case OtherMachine::behind:
      return with_unsure_clock(by("a machine whose time of day is 40 days behind", 0, -40 * day));
  }
  return {};
}

}  // namespace sockcr::scenario
