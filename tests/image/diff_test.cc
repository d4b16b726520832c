#include "engine/image/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "engine/image/fields.h"
#include "tests/image/sample.h"

namespace sockcr {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> names(const std::vector<Difference>& found) {
  std::vector<std::string> list;
  for (const Difference& one : found) list.push_back(one.name);
  return list;
}

// Changes one field, whatever its type.
struct Change {
  Attribute wanted;

  template <class Value>
  void operator()(Attribute attribute, Value& value) const {
    if (attribute == wanted) change(value);
  }
  static void change(Address& address) { ++address.port; }
  static void change(bool& value) { value = !value; }
  static void change(TcpState& value) { value = TcpState::closing; }
  static void change(Owner& value) { value = Owner::nobody; }
  static void change(Bytes& value) { value.push_back(1); }
  static void change(std::vector<OptionValue>& options) { options[0].value[0] ^= 1; }
  template <class Value>
  requires std::is_integral_v<Value>
  static void change(Value& value) { ++value; }
};

std::vector<Attribute> all_fields() {
  std::vector<Attribute> fields;
  TcpConnection c;
  for_each_field(c, [&](Attribute attribute, auto&) { fields.push_back(attribute); });
  return fields;
}

TEST(Diff, OfASocketAndItselfIsEmpty) {
  EXPECT_THAT(differences(sample_connection(), sample_connection()), IsEmpty());
}

TEST(Diff, NamesEachFieldThatDiffersAndNoOther) {
  for (const Attribute attribute : all_fields()) {
    TcpConnection b = sample_connection();
    for_each_field(b, Change{attribute});
    ASSERT_FALSE(b == sample_connection()) << rule_of(attribute).name;
    const std::string name(attribute == Attribute::option ? "option[6:1]"
                                                          : rule_of(attribute).name);
    EXPECT_THAT(names(differences(sample_connection(), b)), ElementsAre(name));
  }
}

TEST(Diff, TheTableAndTheFieldsAreTheSameList) {
  std::set<Attribute> rows;
  for (const AttributeRule& rule : table::attributes) {
    if (rule.scopes.contains(Scope::tcp_connection)) rows.insert(rule.number);
  }
  const std::vector<Attribute> fields = all_fields();
  EXPECT_EQ(std::set<Attribute>(fields.begin(), fields.end()), rows);
}

TEST(Diff, TellsWhereQueuesPart) {
  TcpConnection b = sample_connection();
  b.send_queue[20] = '!';
  b.receive_queue.pop_back();
  EXPECT_THAT(differences(sample_connection(), b),
              ElementsAre(Difference{"receive_queue", "13 bytes, from byte 12: 4d",
                                     "12 bytes, from byte 12: end"},
                          Difference{"send_queue", "48 bytes, from byte 20: 75767778797a6162",
                                     "48 bytes, from byte 20: 2176777879"
                                     "7a6162"}));
}

TEST(Diff, TellsOptionsThatOneSideLacks) {
  TcpConnection b = sample_connection();
  b.options.pop_back();
  EXPECT_THAT(differences(sample_connection(), b),
              ElementsAre(Difference{"option[1:9]", "01000000", "absent"}));
  EXPECT_THAT(differences(b, sample_connection()),
              ElementsAre(Difference{"option[1:9]", "absent", "01000000"}));
}

TEST(Tolerance, CoversWhatItDeclaresAndNothingElse) {
  for (const Attribute attribute : all_fields()) {
    TcpConnection b = sample_connection();
    for_each_field(b, Change{attribute});
    const bool declared = attribute == Attribute::window_snd_wl1 ||
                          attribute == Attribute::window_rcv_wup ||
                          attribute == Attribute::window_rcv_wnd ||  // raised: to the right
                          attribute == Attribute::clock_offset;
    EXPECT_EQ(beyond_tolerance(sample_connection(), b).empty(), declared)
        << rule_of(attribute).name;
  }
}

bool clock_is_tolerated(bool microseconds, std::uint32_t moved) {
  TcpConnection a = sample_connection();
  a.clock.microseconds = microseconds;
  TcpConnection b = a;
  b.clock.offset += moved;
  return beyond_tolerance(a, b).empty();
}

TEST(Tolerance, OfTheWindowKeepsItsRightEdge) {
  const TcpConnection a = sample_connection();
  TcpConnection b = a;
  b.window.rcv_wup += 1;
  b.window.rcv_wnd -= 1;
  EXPECT_TRUE(beyond_tolerance(a, b).empty());
  b.window.rcv_wnd -= 1;
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("window.rcv_wnd"));
  b = a;
  b.window.rcv_wnd += 128;
  EXPECT_TRUE(beyond_tolerance(a, b).empty());
  b.window.rcv_wnd = a.window.rcv_wnd - 1;
  EXPECT_THAT(names(beyond_tolerance(a, b)), ElementsAre("window.rcv_wnd"));
}

TEST(Tolerance, OfTheClockIsTwoTicksUpwardAndNeverDownward) {
  EXPECT_TRUE(clock_is_tolerated(false, 2));  // past the end of 32 bits
  EXPECT_FALSE(clock_is_tolerated(false, 3));
  EXPECT_FALSE(clock_is_tolerated(false, 0u - 1));
  EXPECT_TRUE(clock_is_tolerated(true, 1000));
  EXPECT_FALSE(clock_is_tolerated(true, 1001));
  EXPECT_FALSE(clock_is_tolerated(true, 0u - 1));
}

TEST(Tolerance, DoesNotCoverAChangeOfTheClocksUnit) {
  TcpConnection b = sample_connection();
  b.clock.microseconds = true;
  b.clock.offset += 1;
  EXPECT_THAT(names(beyond_tolerance(sample_connection(), b)),
              ElementsAre("clock.microseconds", "clock.offset"));
}

TEST(Diff, LongValuesAreAbbreviatedInText) {
  EXPECT_EQ(to_text(Difference{"snd_nxt", "1000", "1001"}), "snd_nxt: 1000 -> 1001");
  EXPECT_EQ(to_text(Difference{"window.extension", "", std::string(65, 'a')}),
            "window.extension: (empty) -> " + std::string(64, 'a') + "...");
}

}  // namespace
}  // namespace sockcr
