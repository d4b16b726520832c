#include "scenarios/runner/schedule.h"

#include <numeric>
#include <random>
#include <utility>

namespace sockcr::runner {

// Not std::shuffle: how it draws from the generator is the library's secret, and an order that a
// failure report names must be the same wherever it is repeated.
std::vector<std::size_t> shuffled_order(std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 generator(seed);
  for (std::size_t left = count; left > 1; --left) {
    std::swap(order[left - 1], order[generator() % left]);
  }
  return order;
}

Schedule::Schedule(const std::vector<CaseId>& cases, const std::vector<std::string>& cuts,
                   Order order)
    : cuts_(cuts), order_(order) {
  std::uint64_t place = 0;
  for (const CaseId& id : cases) {
    for (std::size_t cut = 0; cut < cuts_.size(); ++cut, ++place) {
      if (place % order_.shard.count + 1 == order_.shard.index) items_.push_back({id, cut});
    }
  }
  begin_round();
}

void Schedule::begin_round() {
  position_ = 0;
  if (order_.shuffle) mixed_ = shuffled_order(items_.size(), order_.seed + round_);
}

std::optional<Planned> Schedule::next() {
  if (position_ == items_.size()) {
    ++round_;
    begin_round();
  }
  if (items_.empty() || (order_.rounds && round_ >= *order_.rounds)) return std::nullopt;
  const std::size_t place = position_++;
  const Item& item = items_[order_.shuffle ? mixed_[place] : place];
  return Planned{item.id, cuts_[item.cut], round_};
}

std::map<std::size_t, std::uint64_t> Schedule::shares() const {
  std::map<std::size_t, std::uint64_t> shares;
  for (const Item& item : items_) ++shares[item.id.scenario];
  return shares;
}

std::optional<std::uint64_t> Schedule::total() const {
  if (!order_.rounds) return std::nullopt;
  return *order_.rounds * items_.size();
}

}  // namespace sockcr::runner
