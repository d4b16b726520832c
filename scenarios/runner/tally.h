// What came out so far: counts that do not grow with the number of cases.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/runner/case.h"
#include "scenarios/runner/exit_code.h"

namespace sockcr::runner {

class Tally {
 public:
  void add(scenario::Verdict verdict) { ++counts_[static_cast<std::size_t>(verdict)]; }

  std::uint64_t of(scenario::Verdict verdict) const {
    return counts_[static_cast<std::size_t>(verdict)];
  }
  std::uint64_t cases() const;
  std::uint64_t failures() const;  // fail and xpass
  std::uint64_t judged() const;    // all but skip and trouble
  int exit_code(ExitStyle style = ExitStyle::bisect) const;

 private:
  int kselftest_code() const;

  std::array<std::uint64_t, 6> counts_{};
};

// Cases that share a reason, told once: each reason with its number and some of its cases.
class ReasonGroups {
 public:
  struct Group {
    std::string reason;
    std::uint64_t count = 0;
    std::vector<std::string> examples;
  };

  // Returns how many cases had this reason before.
  std::uint64_t add(const std::string& reason, const std::string& name);
  const std::vector<Group>& groups() const { return groups_; }  // as they came

  static constexpr std::size_t most_examples = 3;
  static constexpr std::size_t most_groups = 50;  // what comes later is counted together

 private:
  std::vector<Group> groups_;
};

}  // namespace sockcr::runner
