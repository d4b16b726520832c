#include "scenarios/language/variant.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <set>
#include <tuple>

namespace sockcr::scenario {
namespace {

// A pair of values of two axes: which axes, and which value on each.
using Pair = std::tuple<int, int, int, int>;

std::set<Pair> pairs_of(const Variant& v) {
  const std::array values{static_cast<int>(v.family), static_cast<int>(v.side),
                          static_cast<int>(v.queues), static_cast<int>(v.options)};
  std::set<Pair> pairs;
  for (int a = 0; a < 4; ++a) {
    for (int b = a + 1; b < 4; ++b) pairs.emplace(a, b, values[a], values[b]);
  }
  return pairs;
}

std::size_t count_new(const std::set<Pair>& wanted, const Variant& v) {
  const std::set<Pair> pairs = pairs_of(v);
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
  return fmt::format("{}_{}_{}_{}", to_text(family), to_text(side), to_text(queues),
                     to_text(options));
}

std::vector<Variant> product(const Axes& axes) {
  std::vector<Variant> all;
  for (const Family family : axes.families) {
    for (const Side side : axes.sides) {
      for (const Queues queues : axes.queues) {
        for (const Options options : axes.options) all.push_back({family, side, queues, options});
      }
    }
  }
  return all;
}

// Greedy: always the variant that brings most pairs not seen yet, the earlier one among equals.
std::vector<Variant> pairwise_cover(const Axes& axes) {
  const std::vector<Variant> all = product(axes);
  std::set<Pair> missing;
  for (const Variant& v : all) missing.merge(pairs_of(v));

  std::vector<Variant> cover;
  while (!missing.empty()) {
    const auto best = std::max_element(all.begin(), all.end(), [&](const auto& a, const auto& b) {
      return count_new(missing, a) < count_new(missing, b);
    });
    for (const Pair& pair : pairs_of(*best)) missing.erase(pair);
    cover.push_back(*best);
  }
  return cover;
}

std::optional<Variant> find_variant(const Axes& axes, std::string_view name) {
  for (const Variant& v : product(axes)) {
    if (v.name() == name) return v;
  }
  return std::nullopt;
}

}  // namespace sockcr::scenario
