// Cases end in any order, but in KTAP and JUnit those of one scenario stand together.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/runner/reporter.h"

namespace sockcr::runner {

// One scenario in one round.
struct Block {
  std::string scenario;
  std::uint64_t round = 0;
  std::uint64_t planned = 0;
  std::vector<JudgedCase> cases{};  // as they ended

  bool is_complete() const { return cases.size() >= planned; }
  std::string name() const;  // half_closed, half_closed.round2
  Tally tally() const;
};

// What a case is called inside its block: the variant, then what differs from one cut.
std::string name_in_block(const JudgedCase& judged);

// Holds what is not complete: never more than what runs in two rounds.
class Blocks {
 public:
  void begin(const RunFacts& facts);

  // The block that this case has completed.
  std::optional<Block> add(const JudgedCase& judged);

  // What a run that ended early leaves incomplete: in the order of the rounds, then by name.
  std::vector<Block> take_rest();

  // How many blocks there will be; nothing when there is no end.
  std::optional<std::uint64_t> planned() const { return planned_; }

 private:
  std::map<std::string, std::uint64_t> sizes_;
  std::map<std::pair<std::uint64_t, std::string>, Block> open_;
  std::optional<std::uint64_t> planned_;
};

}  // namespace sockcr::runner
