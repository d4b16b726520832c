// sockcr_bench: microseconds per connection, in a network namespace of its own. Each benchmark
// stands beside its floor; what counts is the ratio of the two, in one run of one machine.
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <sched.h>
#include <unistd.h>
#include <chrono>

#include "engine/bench/connections.h"
#include "engine/bench/floor.h"
#include "engine/options/table.h"
#include "engine/restore.h"
#include "engine/sys/process.h"
#include "engine/tcp/capture.h"
#include "engine/tcp/clock.h"
#include "engine/tcp/repair.h"

namespace sockcr::bench {
namespace {

constexpr std::size_t connection_count = 200;

Load load_of(const benchmark::State& state) {
  return {.family = static_cast<int>(state.range(0)),
          .unread = static_cast<std::size_t>(state.range(1))};
}

// Runs `work` once a round and shows its time per connection; `tidy` is not measured.
template <class Work, class Tidy>
void measure(benchmark::State& state, const Work& work, const Tidy& tidy) {
  for (auto round : state) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    state.SetIterationTime(taken.count());
    tidy();
  }
  state.counters["per_connection"] = benchmark::Counter(
      static_cast<double>(connection_count),
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void leave_all(const std::vector<FileDescriptor>& sockets) {
  for (const FileDescriptor& socket : sockets) leave_repair(socket.get(), WindowProbe::no);
}

Image image_of(const std::vector<FileDescriptor>& sockets) {
  Image image;
  image.circumstance = current_circumstance(1);
  for (const FileDescriptor& socket : sockets) {
    image.sockets.emplace_back(capture(socket.get()));
    image.where.emplace_back();
  }
  return image;
}

void capture_floor(benchmark::State& state) {
  const Load load = load_of(state);
  const Connections connections = connect(load, connection_count);
  Bytes queue(load.unread + 1);
  measure(
      state,
      [&] {
        for (const FileDescriptor& socket : connections.ours) {
          benchmark::DoNotOptimize(floor_capture(socket.get(), load.family, queue));
        }
      },
      [&] { leave_all(connections.ours); });
}

void capture_engine(benchmark::State& state) {
  const Connections connections = connect(load_of(state), connection_count);
  Image image;
  measure(
      state, [&] { image = image_of(connections.ours); },
      [&] {
        leave_all(connections.ours);
        image = {};
      });
}

// What the option table alone costs.
void capture_options(benchmark::State& state) {
  const Load load = load_of(state);
  const Connections connections = connect(load, connection_count);
  measure(
      state,
      [&] {
        for (const FileDescriptor& socket : connections.ours) {
          benchmark::DoNotOptimize(read_options(socket.get(), load.family));
        }
      },
      [] {});
}

void rebuild_floor(benchmark::State& state) {
  const Load load = load_of(state);
  Connections connections = connect(load, connection_count);
  Bytes queue(load.unread + 1);
  std::vector<FloorImage> images;
  for (const FileDescriptor& socket : connections.ours) {
    images.push_back(floor_capture(socket.get(), load.family, queue));
  }
  queue.resize(load.unread);
  connections.ours.clear();
  std::vector<FileDescriptor> built;
  measure(
      state,
      [&] {
        for (const FloorImage& image : images) built.push_back(floor_rebuild(image, queue));
      },
      [&] { close_silently(built); });
}

void rebuild_engine(benchmark::State& state) {
  Connections connections = connect(load_of(state), connection_count);
  const Image image = image_of(connections.ours);
  connections.ours.clear();
  std::unique_ptr<Restoration> restoration;
  measure(
      state,
      [&] {
        restoration = std::make_unique<Restoration>(image);
        restoration->build();
        restoration->resume();
      },
      [&] {
        for (const int socket : restoration->sockets()) enter_repair(socket, Reuse::keep);
        restoration.reset();
      });
}

void cases(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"family", "unread"})->UseManualTime()->Unit(benchmark::kMicrosecond);
  for (const int family : {AF_INET, AF_INET6}) {
    for (const int unread : {0, 64 << 10}) benchmark->Args({family, unread});
  }
}

BENCHMARK(capture_floor)->Apply(cases);
BENCHMARK(capture_engine)->Apply(cases);
BENCHMARK(capture_options)->Apply(cases);
BENCHMARK(rebuild_floor)->Apply(cases);
BENCHMARK(rebuild_engine)->Apply(cases);

}  // namespace
}  // namespace sockcr::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 129;
  const unsigned long own_user = ::geteuid() == 0 ? 0 : CLONE_NEWUSER;
  sockcr::ChildProcess inside = sockcr::ChildProcess::run(
      [] {
        sockcr::bench::bring_loopback_up();
        benchmark::RunSpecifiedBenchmarks();
        return 0;
      },
      CLONE_NEWNET | own_user);
  return inside.wait().code;
}
