#include "scenarios/language/variant.h"

#include <fmt/format.h>
#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace sockcr::scenario {
namespace {

// A pair of values of two axes: which axes, and which value on each.
using Pair = std::tuple<std::size_t, std::size_t, int, int>;

// An axis of details that has one value only is none: the covers of scenarios without details stay
// what they were before there were details.
std::set<Pair> pairs_of(const Variant& v, const Axes& axes) {
  std::vector<int> values{static_cast<int>(v.family), static_cast<int>(v.side),
                          static_cast<int>(v.queues), static_cast<int>(v.options)};
  if (axes.details.size() > 1) {
    const auto place = std::find(axes.details.begin(), axes.details.end(), v.detail);
    values.push_back(static_cast<int>(place - axes.details.begin()));
  }
  std::set<Pair> pairs;
  for (std::size_t a = 0; a < values.size(); ++a) {
    for (std::size_t b = a + 1; b < values.size(); ++b) {
      pairs.emplace(a, b, values[a], values[b]);
    }
  }
  return pairs;
}

std::size_t count_common(const std::set<Pair>& wanted, const std::set<Pair>& pairs) {
  return static_cast<std::size_t>(std::count_if(
      pairs.begin(), pairs.end(), [&](const Pair& pair) { return wanted.contains(pair); }));
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

// Greedy: always the variant that brings most pairs not seen yet, the earlier one among equals.
std::vector<Variant> cover_of(const Axes& axes) {
  const std::vector<Variant> all = product(axes);
  std::vector<std::set<Pair>> pairs;
  std::set<Pair> missing;
  for (const Variant& v : all) {
    pairs.push_back(pairs_of(v, axes));
    missing.insert(pairs.back().begin(), pairs.back().end());
  }

  std::vector<Variant> cover;
  while (!missing.empty()) {
    const auto best =
        std::max_element(pairs.begin(), pairs.end(), [&](const auto& a, const auto& b) {
          return count_common(missing, a) < count_common(missing, b);
        });
    for (const Pair& pair : *best) missing.erase(pair);
    cover.push_back(all[static_cast<std::size_t>(best - pairs.begin())]);
  }
  return cover;
}

}  // namespace

bool is_long(const Axes& axes, const Variant& v) {
  return std::find(axes.long_details.begin(), axes.long_details.end(), v.detail) !=
         axes.long_details.end();
}

std::vector<Variant> pairwise_cover(const Axes& axes) {
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
