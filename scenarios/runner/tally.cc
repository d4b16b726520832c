#include "scenarios/runner/tally.h"

#include <algorithm>
#include <numeric>

namespace sockcr::runner {

using scenario::Verdict;

std::uint64_t Tally::cases() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::uint64_t Tally::failures() const { return of(Verdict::fail) + of(Verdict::xpass); }

std::uint64_t Tally::judged() const { return cases() - of(Verdict::skip) - of(Verdict::trouble); }

int Tally::exit_code(ExitStyle style) const {
  if (style == ExitStyle::ksft) return kselftest_code();
  if (failures() > 0) return exit_bad;
  if (of(Verdict::trouble) > 0 || judged() == 0) return exit_cannot_judge;
  return exit_good;
}

// Trouble is a failure here, as an error is one to ksft_finished(): the one other code for "not
// judged" is a skip, which a kernel's CI shows in green.
int Tally::kselftest_code() const {
  if (failures() > 0 || of(Verdict::trouble) > 0) return ksft_fail;
  if (judged() == 0) return ksft_skip;
  return of(Verdict::pass) == 0 ? ksft_xfail : ksft_pass;
}

std::uint64_t ReasonGroups::add(const std::string& reason, const std::string& name) {
  auto group = std::find_if(groups_.begin(), groups_.end(),
                            [&](const Group& known) { return known.reason == reason; });
  if (group == groups_.end() && groups_.size() < most_groups) {
    group = groups_.insert(groups_.end(), Group{reason, 0, {}});
  }
  if (group == groups_.end()) {
    group = groups_.end() - 1;
    group->reason = "other reasons";
  }
  if (group->examples.size() < most_examples) group->examples.push_back(name);
  return group->count++;
}

}  // namespace sockcr::runner
