#include "scenarios/runner/profile.h"

#include <fmt/format.h>
#include <algorithm>
#include <utility>
#include <vector>

namespace sockcr::runner {

void Profile::add(const Parts& parts) {
  if (parts.empty()) return;
  ++cases_;
  for (const auto& [name, ms] : parts) sums_[name] += ms;
}

std::string Profile::to_text(std::chrono::duration<double> wall) const {
  if (cases_ == 0) return "";
  std::vector<std::pair<std::string, double>> parts(sums_.begin(), sums_.end());
  std::stable_sort(parts.begin(), parts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  double all = 0;
  for (const auto& [name, ms] : parts) all += ms;
  const auto cases = static_cast<double>(cases_);
  std::string text =
      fmt::format("\nwhere the time of {} cases went, {:.1f} ms each:\n", cases_, all / cases);
  for (const auto& [name, ms] : parts) {
    text += fmt::format("  {:<12}{:8.1f} ms {:5.1f} %\n", name, ms / cases, 100 * ms / all);
  }
  return text + fmt::format("at once, on average: {:.1f} of them\n", all / 1000 / wall.count());
}

}  // namespace sockcr::runner
