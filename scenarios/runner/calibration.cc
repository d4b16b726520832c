#include "scenarios/runner/calibration.h"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <thread>

#include "engine/sys/descriptor.h"
#include "engine/sys/poll.h"

namespace sockcr::runner {
namespace {

// Longer than a time slice: on a machine that others use, most attempts are interrupted; where only
// something happened to come in between, most are not.
constexpr std::size_t attempts = 5;
constexpr std::uint64_t steps = 2'500'000;
constexpr int rounds = 50;

template <class Work>
double milliseconds_of(const Work& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

template <class Work>
double typical_milliseconds_of(const Work& work) {
  std::array<double, attempts> took{};
  for (double& each : took) each = milliseconds_of(work);
  std::sort(took.begin(), took.end());
  return took[attempts / 2];
}

void compute() {
  std::uint64_t state = 88172645463325252;
  for (std::uint64_t i = 0; i < steps; ++i) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
  }
  volatile std::uint64_t kept = state;  // or the compiler leaves the work out
  static_cast<void>(kept);
}

bool pass_on(int from, int to) {
  char byte = 0;
  return ::read(from, &byte, 1) == 1 && ::write(to, &byte, 1) == 1;
}

double round_trip_us() {
  Pipe there = Pipe::make();
  Pipe back = Pipe::make();
  std::thread echo([&] {
    while (pass_on(there.read_end.get(), back.write_end.get())) {
    }
  });
  const double ms = typical_milliseconds_of([&] {
    for (int i = 0; i < rounds; ++i) {
      const char byte = 1;
      char answer = 0;
      if (::write(there.write_end.get(), &byte, 1) != 1) return;
      if (::read(back.read_end.get(), &answer, 1) != 1) return;
    }
  });
  there.write_end.reset();
  echo.join();
  return ms * 1000 / rounds;
}

}  // namespace

Pace measure_pace() {
  const double work = typical_milliseconds_of(compute);
  return {work, round_trip_us()};
}

double slow_factor_of(const Pace& pace, const Pace& reference) {
  const double slower =
      std::max(pace.work_ms / reference.work_ms, pace.round_us / reference.round_us);
  constexpr double spare = 4;
  constexpr double most = 100;  // what is slower than that, no deadline helps
  return std::clamp(std::ceil(slower / spare * 2) / 2, 1.0, most);
}

}  // namespace sockcr::runner
