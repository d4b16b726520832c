#include <gtest/gtest.h>

#include <algorithm>
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
  const auto usual = pairwise_cover(axes);
  axes.long_details = {"day"};
  auto cover = pairwise_cover(axes);
  const auto more = std::stable_partition(cover.begin(), cover.end(),
                                          [&](const Variant& v) { return !is_long(axes, v); });
  EXPECT_EQ(std::vector<Variant>(cover.begin(), more), usual);
  EXPECT_TRUE(std::any_of(more, cover.end(), [](const Variant& v) {
    return v.family == Family::v6 && v.queues == Queues::unread;
  }));
  EXPECT_TRUE(find_variant(axes, "v6_active_unread_nots_day"));
}

// Every pair of values that the product has, in at least one variant of the cover.
void expect_all_pairs(const Axes& axes) {
  const auto cover = pairwise_cover(axes);
  const auto covered = [&](auto same) { return std::any_of(cover.begin(), cover.end(), same); };
  for (const Variant& v : product(axes)) {
    EXPECT_TRUE(covered([&](const Variant& c) { return c.family == v.family && c.side == v.side; }))
        << v.name();
    EXPECT_TRUE(covered([&](const Variant& c) {
      return c.family == v.family && c.queues == v.queues;
    })) << v.name();
    EXPECT_TRUE(covered([&](const Variant& c) {
      return c.family == v.family && c.options == v.options;
    })) << v.name();
    EXPECT_TRUE(covered([&](const Variant& c) { return c.side == v.side && c.queues == v.queues; }))
        << v.name();
    EXPECT_TRUE(covered([&](const Variant& c) {
      return c.side == v.side && c.options == v.options;
    })) << v.name();
    EXPECT_TRUE(covered([&](const Variant& c) {
      return c.queues == v.queues && c.options == v.options;
    })) << v.name();
    EXPECT_TRUE(covered([&](const Variant& c) {
      return c.detail == v.detail && c.family == v.family;
    })) << v.name();
    EXPECT_TRUE(covered([&](const Variant& c) {
      return c.detail == v.detail && c.queues == v.queues;
    })) << v.name();
    EXPECT_TRUE(covered([&](const Variant& c) {
      return c.detail == v.detail && c.options == v.options;
    })) << v.name();
  }
}

TEST(Cover, HasEveryPairOfValuesAndIsMuchSmallerThanTheProduct) {
  expect_all_pairs(Axes{});
  EXPECT_LE(pairwise_cover(Axes{}).size(), product(Axes{}).size() / 3);
}

TEST(Cover, HasEveryPairOfDetailsAndOnlyWhatTheProductHas) {
  expect_all_pairs(with_details());
  const auto all = product(with_details());
  for (const Variant& v : pairwise_cover(with_details())) {
    EXPECT_NE(std::find(all.begin(), all.end(), v), all.end()) << v.name();
  }
}

// Released covers, as people's results hold them.
TEST(Cover, OfAxesWithoutDetailsIsWhatItWasBeforeThereWereAny) {
  std::vector<std::string> names;
  for (const Variant& v : pairwise_cover({.queues = {Queues::empty, Queues::unread}})) {
    names.push_back(v.name());
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{"v4_active_empty_ts", "v4_passive_unread_nots",
                                      "v6_active_empty_nots", "v6_passive_unread_ts",
                                      "mapped_active_unread_ts", "mapped_passive_empty_nots"}));
}

TEST(Cover, OfNarrowAxesHasTheirPairsToo) {
  expect_all_pairs({.queues = {Queues::empty, Queues::unread}, .narrowed = "for the test"});
}

}  // namespace
}  // namespace sockcr::scenario
