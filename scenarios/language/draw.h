// Drawing from a seed: the same on every machine, which the distributions of <random> are not.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace sockcr::scenario {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}

  // 0 .. limit - 1. The bias of the remainder is below 2^-32 for limits that fit into 32 bits.
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }
  bool one_in(std::uint64_t many) { return below(many) == 0; }

  template <class Value>
  const Value& one_of(const std::vector<Value>& values) {
    return values[below(values.size())];
  }

  // An index, each as often as its weight says; at least one weight is not 0.
  std::size_t by_weight(const std::vector<unsigned>& weights) {
    std::uint64_t sum = 0;
    for (const unsigned weight : weights) sum += weight;
    std::uint64_t place = below(sum);
    std::size_t index = 0;
    while (place >= weights[index]) place -= weights[index++];
    return index;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace sockcr::scenario
