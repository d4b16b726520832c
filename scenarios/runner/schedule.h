// In which order the cases run: a value that hands out one after the other. What it stores does not
// grow with the number of repetitions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/runner/catalogue.h"

namespace sockcr::runner {

struct Shard {
  std::uint64_t index = 1, count = 1;  // part `index` of `count`, from 1
};

struct Planned {
  CaseId id;
  std::string cut;
  std::uint64_t round;  // from 0; each has a seed of its own
};

// `mixed[i]` is the place in the unshuffled order. The same for the same seed on every machine.
std::vector<std::size_t> shuffled_order(std::size_t count, std::uint64_t seed);

class Schedule {
 public:
  struct Order {
    std::uint64_t seed = 1;
    bool shuffle = false;
    Shard shard{};                            // cut before the shuffling: shards are disjoint
    std::optional<std::uint64_t> rounds = 1;  // nothing: for ever
  };

  Schedule(const std::vector<CaseId>& cases, const std::vector<std::string>& cuts, Order order);

  std::optional<Planned> next();
  std::size_t per_round() const { return items_.size(); }
  std::optional<std::uint64_t> total() const;           // nothing when it has no end
  std::map<std::size_t, std::uint64_t> shares() const;  // of one round: scenario -> cases

 private:
  struct Item {
    CaseId id;
    std::size_t cut;
  };

  void begin_round();

  std::vector<std::string> cuts_;
  Order order_;
  std::vector<Item> items_;
  std::vector<std::size_t> mixed_;
  std::uint64_t round_ = 0;
  std::size_t position_ = 0;
};

}  // namespace sockcr::runner
