#include "scenarios/language/backlog.h"

#include <fmt/format.h>
#include <algorithm>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "scenarios/language/await.h"

namespace sockcr::scenario {
namespace {

// A line for each CPU, in hexadecimal. Columns from 1.
constexpr int lost_column = 2;
constexpr int waiting_column = 12;  // Linux 5.10

std::vector<unsigned long> column_of_each_cpu(int column) {
  std::vector<unsigned long> values;
  std::ifstream file("/proc/net/softnet_stat");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    words >> std::hex;
    unsigned long value = 0;
    for (int i = 0; i < column; ++i) words >> value;
    values.push_back(value);
  }
  return values;
}

std::vector<unsigned long> waiting_packets() { return column_of_each_cpu(waiting_column); }

}  // namespace

// Each CPU takes its packets in order, so it is enough to have seen each without one.
void await_arrival(World& world) {
  std::vector<unsigned long> least = waiting_packets();
  unsigned long left = 0;
  await(
      world, "packets that wait in the backlogs of the CPUs", "none",
      [&] {
        const std::vector<unsigned long> now = waiting_packets();
        left = 0;
        for (std::size_t cpu = 0; cpu < least.size() && cpu < now.size(); ++cpu) {
          least[cpu] = std::min(least[cpu], now[cpu]);
          left += least[cpu];
        }
        return left == 0;
      },
      [&] { return fmt::format("{} left", left); });
}

unsigned long packets_lost_by_this_machine() {
  const auto lost = column_of_each_cpu(lost_column);
  return std::accumulate(lost.begin(), lost.end(), 0UL);
}

}  // namespace sockcr::scenario
