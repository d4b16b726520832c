#include "scenarios/language/variant.h"

#include <fmt/format.h>
#include <algorithm>
#include <set>
#include <utility>

namespace sockcr::scenario {
namespace {

// Some axes, and the value on each.
using Combination = std::vector<std::pair<std::size_t, int>>;
using Combinations = std::set<Combination>;

// An axis of details that has one value only is none: the covers of scenarios without details stay
// what they were before there were details.
std::vector<int> values_of(const Variant& v, const Axes& axes) {
  std::vector<int> values{static_cast<int>(v.family), static_cast<int>(v.side),
                          static_cast<int>(v.queues), static_cast<int>(v.options)};
  if (axes.details.size() > 1) {
    const auto place = std::find(axes.details.begin(), axes.details.end(), v.detail);
    values.push_back(static_cast<int>(place - axes.details.begin()));
  }
  return values;
}

// Of `size` of the values.
Combinations combinations_of(const std::vector<int>& values, std::size_t size) {
  Combinations all;
  std::vector<bool> taken(values.size(), false);
  std::fill_n(taken.begin(), std::min(size, values.size()), true);
  do {
    Combination one;
    for (std::size_t axis = 0; axis < values.size(); ++axis) {
      if (taken[axis]) one.emplace_back(axis, values[axis]);
    }
    all.insert(std::move(one));
  } while (std::prev_permutation(taken.begin(), taken.end()));
  return all;
}

std::size_t count_common(const Combinations& wanted, const Combinations& combinations) {
  return static_cast<std::size_t>(
      std::count_if(combinations.begin(), combinations.end(),
                    [&](const Combination& one) { return wanted.contains(one); }));
}

}  // namespace

std::string_view to_text(Family family) {
  switch (family) {
    case Family::v4:
      return "v4";
    case Family::v6:
      return "v6";
    case Family::mapped:
      return "mapped";
  }
  return "?";
}

std::string_view to_text(Side side) { return side == Side::active ? "active" : "passive"; }

std::string_view to_text(Queues queues) {
  switch (queues) {
    case Queues::empty:
      return "empty";
    case Queues::unread:
      return "unread";
    case Queues::unsent:
      return "unsent";
    case Queues::unacked:
      return "unacked";
    case Queues::lost:
      return "lost";
    case Queues::all:
      return "all";
  }
  return "?";
}

std::string_view to_text(Options options) { return options == Options::ts ? "ts" : "nots"; }

std::string Variant::name() const {
  const std::string usual =
      fmt::format("{}_{}_{}_{}", to_text(family), to_text(side), to_text(queues), to_text(options));
  return detail.empty() ? usual : usual + "_" + detail;
}

std::vector<Variant> product(const Axes& axes) {
  std::vector<Variant> all{{}};
  const auto multiply = [&all](const auto& values, auto member) {
    std::vector<Variant> longer;
    for (const Variant& v : all) {
      for (const auto& value : values) longer.emplace_back(v).*member = value;
    }
    all = std::move(longer);
  };
  multiply(axes.families, &Variant::family);
  multiply(axes.sides, &Variant::side);
  multiply(axes.queues, &Variant::queues);
  multiply(axes.options, &Variant::options);
  std::vector<std::string> details = axes.details;
  details.insert(details.end(), axes.long_details.begin(), axes.long_details.end());
  multiply(details, &Variant::detail);
  if (axes.without) std::erase_if(all, axes.without);
  return all;
}

namespace {

// Greedy: to those that are there already, always the variant that brings most combinations not
// seen yet, the earlier one among equals.
void cover_combinations(std::vector<Variant>& cover, std::size_t size, const Axes& axes) {
  const std::vector<Variant> all = product(axes);
  std::vector<Combinations> brought;
  Combinations missing;
  for (const Variant& v : all) {
    brought.push_back(combinations_of(values_of(v, axes), size));
    missing.insert(brought.back().begin(), brought.back().end());
  }
  const auto see = [&](const Combinations& seen) {
    for (const Combination& one : seen) missing.erase(one);
  };
  for (const Variant& v : cover) see(combinations_of(values_of(v, axes), size));
  while (!missing.empty()) {
    const auto best =
        std::max_element(brought.begin(), brought.end(), [&](const auto& a, const auto& b) {
          return count_common(missing, a) < count_common(missing, b);
        });
    see(*best);
    cover.push_back(all[static_cast<std::size_t>(best - brought.begin())]);
  }
}

std::vector<Variant> cover_of(const Axes& axes) {
  std::vector<Variant> cover;
  for (const std::size_t size : {2U, 3U}) cover_combinations(cover, size, axes);
  return cover;
}

}  // namespace

bool is_long(const Axes& axes, const Variant& v) {
  return std::find(axes.long_details.begin(), axes.long_details.end(), v.detail) !=
         axes.long_details.end();
}

std::vector<Variant> default_cover(const Axes& axes) {
  Axes short_ones = axes, long_ones = axes;
  short_ones.long_details.clear();
  std::vector<Variant> cover = cover_of(short_ones);
  if (axes.long_details.empty()) return cover;
  long_ones.details = std::exchange(long_ones.long_details, {});
  const std::vector<Variant> more = cover_of(long_ones);
  cover.insert(cover.end(), more.begin(), more.end());
  return cover;
}

std::optional<Variant> find_variant(const Axes& axes, std::string_view name) {
  for (const Variant& v : product(axes)) {
    if (v.name() == name) return v;
  }
  return std::nullopt;
}

}  // namespace sockcr::scenario
