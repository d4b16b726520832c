// Who tells people and programs what happens: the runner calls, a reporter prints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/sys/poll.h"
#include "scenarios/runner/case.h"
#include "scenarios/runner/tally.h"

namespace sockcr::runner {

// The part that a scenario has in one round.
struct Share {
  std::string scenario;
  std::uint64_t cases = 0;
};

// What is known before the first case.
struct RunFacts {
  std::string kernel;
  std::string engine, gate;
  std::vector<std::string> cuts;
  std::uint64_t seed = 0, jobs = 0;
  double slow_factor = 1;
  bool virtual_time = false;
  std::vector<Share> shares;             // in the catalogue's order
  std::vector<Share> once;               // of the first round alone: what is damaged
  std::optional<std::uint64_t> rounds;   // nothing: no end
  std::size_t scenarios = 0, cases = 0;  // of one round
  std::optional<std::uint64_t> total;    // of all rounds; nothing: no end
  std::size_t longest_name = 0;
  Clock::time_point started{};
};

struct JudgedCase {
  std::string name;  // NAME.VARIANT
  std::string scenario, variant;
  std::uint64_t round = 0;
  std::string cut, engine, rerun;
  scenario::CaseResult result;
};

enum class Ending { complete, stopped, interrupted };  // stopped: enough failures

class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual void begin(const RunFacts& facts) = 0;
  virtual void judged(const JudgedCase& judged, const Tally& so_far) = 0;
  // Called often while cases run: time for a progress bar to move.
  virtual void tick(const Tally& so_far) = 0;
  // Something about the run as a whole, one line, before its end.
  virtual void note(const std::string& text) = 0;
  virtual void end(const Tally& tally, Ending ending) = 0;
};

}  // namespace sockcr::runner
