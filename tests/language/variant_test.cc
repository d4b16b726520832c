#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <regex>
#include <set>

#include "scenarios/language/variant.h"

namespace sockcr::scenario {
namespace {

TEST(Variant, NameIsComputedFromTheValues) {
  EXPECT_EQ((Variant{Family::v6, Side::passive, Queues::all, Options::nots}.name()),
            "v6_passive_all_nots");
}

TEST(Variant, DetailIsAppendedToTheNameUnlessItIsTheUsualOne) {
  Variant v{Family::v4, Side::active, Queues::empty, Options::ts};
  EXPECT_EQ(v.name(), "v4_active_empty_ts");
  v.detail = "delivered";
  EXPECT_EQ(v.name(), "v4_active_empty_ts_delivered");
}

TEST(Variant, NamesOfTheWholeProductAreUniqueAndPlain) {
  std::set<std::string> names;
  for (const Variant& v : product(Axes{})) {
    EXPECT_TRUE(std::regex_match(v.name(), std::regex("[a-z0-9_]+"))) << v.name();
    EXPECT_TRUE(names.insert(v.name()).second) << v.name();
  }
  EXPECT_EQ(names.size(), 3u * 2u * 6u * 2u);
}

TEST(Variant, IsFoundByItsNameInItsOwnAxesOnly) {
  const Axes narrow{.queues = {Queues::empty}, .narrowed = "for the test"};
  EXPECT_EQ(find_variant(Axes{}, "mapped_active_lost_ts"),
            (Variant{Family::mapped, Side::active, Queues::lost, Options::ts}));
  EXPECT_EQ(find_variant(narrow, "mapped_active_lost_ts"), std::nullopt);
  EXPECT_EQ(find_variant(Axes{}, "v5_active_lost_ts"), std::nullopt);
}

Axes with_details() {
  return {.sides = {Side::active},
          .queues = {Queues::empty, Queues::unread},
          .details = {"", "first", "second", "third"},
          .without = [](const Variant& v) { return v.detail == "third" && v.family == Family::v4; },
          .narrowed = "for the test"};
}

TEST(Variant, DetailsMultiplyTheProductButForWhatMeansNothing) {
  const auto all = product(with_details());
  EXPECT_EQ(all.size(), 3u * 2u * 2u * 4u - 4u);
  EXPECT_EQ(find_variant(with_details(), "v6_active_unread_nots_third"),
            (Variant{Family::v6, Side::active, Queues::unread, Options::nots, "third"}));
  EXPECT_EQ(find_variant(with_details(), "v4_active_unread_nots_third"), std::nullopt);
}

TEST(Variant, WhatIsLongHasACoverOfItsOwn) {
  Axes axes = with_details();
  const auto usual = default_cover(axes);
  axes.long_details = {"day"};
  auto cover = default_cover(axes);
  const auto more = std::stable_partition(cover.begin(), cover.end(),
                                          [&](const Variant& v) { return !is_long(axes, v); });
  EXPECT_EQ(std::vector<Variant>(cover.begin(), more), usual);
  EXPECT_TRUE(std::any_of(more, cover.end(), [](const Variant& v) {
    return v.family == Family::v6 && v.queues == Queues::unread;
  }));
  EXPECT_TRUE(find_variant(axes, "v6_active_unread_nots_day"));
}

std::array<std::string, 5> values_of(const Variant& v) {
  return {std::string(to_text(v.family)), std::string(to_text(v.side)),
          std::string(to_text(v.queues)), std::string(to_text(v.options)), v.detail};
}

// On which axes two variants have the same value: a bit for each.
unsigned agreement(const Variant& a, const Variant& b) {
  unsigned bits = 0;
  for (std::size_t axis = 0; axis < 5; ++axis) {
    if (values_of(a)[axis] == values_of(b)[axis]) bits |= 1U << axis;
  }
  return bits;
}

// Every three values of three axes that the product has, in at least one variant of the cover.
void expect_all_triples(const Axes& axes) {
  const auto cover = default_cover(axes);
  for (const Variant& v : product(axes)) {
    for (unsigned triple = 0; triple < 1U << 5; ++triple) {
      if (std::popcount(triple) != 3) continue;
      EXPECT_TRUE(
          std::any_of(cover.begin(), cover.end(),
                      [&](const Variant& c) { return (agreement(c, v) & triple) == triple; }))
          << v.name() << " on axes " << triple;
    }
  }
}

TEST(Cover, HasEveryTripleOfValuesAndIsMuchSmallerThanTheProduct) {
  expect_all_triples(Axes{});
  Axes wide;
  wide.details = {"", "first", "second", "third"};
  EXPECT_LE(default_cover(wide).size(), product(wide).size() / 3);
}

TEST(Cover, HasEveryTripleOfDetailsAndOnlyWhatTheProductHas) {
  expect_all_triples(with_details());
  const auto all = product(with_details());
  for (const Variant& v : default_cover(with_details())) {
    EXPECT_NE(std::find(all.begin(), all.end(), v), all.end()) << v.name();
  }
}

// What was covered when only pairs were wanted, people's results hold: it comes first.
TEST(Cover, BeginsWithThePairs) {
  std::vector<std::string> names;
  for (const Variant& v : default_cover({.queues = {Queues::empty, Queues::unread}})) {
    names.push_back(v.name());
  }
  ASSERT_GT(names.size(), 6u);
  names.resize(6);
  EXPECT_EQ(names,
            (std::vector<std::string>{"v4_active_empty_ts", "v4_passive_unread_nots",
                                      "v6_active_empty_nots", "v6_passive_unread_ts",
                                      "mapped_active_unread_ts", "mapped_passive_empty_nots"}));
}

TEST(Cover, OfNarrowAxesHasTheirTriplesToo) {
  expect_all_triples({.queues = {Queues::empty, Queues::unread}, .narrowed = "for the test"});
}

}  // namespace
}  // namespace sockcr::scenario
