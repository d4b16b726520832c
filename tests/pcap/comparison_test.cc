// Each aspect tells where the peer could tell, alone, and none where it could not.
#include "pcap/comparison/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <functional>
#include <set>

#include "tests/pcap/tape.h"

namespace sockcr::pcap::test {
namespace {

using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::uint16_t data = flag::psh | flag::ack;
constexpr std::uint32_t first_clock_of_peer = 1000 + 2;  // in its SYN-ACK

struct Tampered {
  std::string aspect;
  std::string name;
  std::function<void(Tape&)> tamper;
  bool is_declared = false;
  Tape::Family family = Tape::Family::v4;
  std::set<std::string> besides{};  // what cannot be told apart from it
};

void PrintTo(const Tampered& each, std::ostream* out) { *out << each.aspect << ": " << each.name; }

Entry again(Tape& tape, const std::string& label) {
  Entry entry = tape.at(label);
  entry.label += "_again";
  return entry;
}

const std::vector<Tampered>& tampered() {
  static const std::vector<Tampered> all = {
      {"handshake",
       "another_scale",
       [](Tape& tape) { tape.at("syn").scale = 9; },
       false,
       Tape::Family::v4,
       {"window"}},
      {"options", "no_time_stamps", [](Tape& tape) { tape.at("news").stamped = false; }},
      {"ip-header", "another_ttl", [](Tape& tape) { tape.at("news").hop_limit = 255; }},
      {"flow-labels", "a_new_label", [](Tape& tape) { tape.at("news").flow_label = 77; }, true,
       Tape::Family::v6},
      {"flags", "ece", [](Tape& tape) { tape.at("news").flags |= flag::ece; }},
      {"urgent",
       "a_mark",
       [](Tape& tape) {
         tape.at("news").flags |= flag::urg;
         tape.at("news").urgent = 3;
       },
       false,
       Tape::Family::v4,
       {"flags"}},
      {"end", "an_early_fin",
       [](Tape& tape) {
         tape.at("news").payload = "and o";
         tape.at("fin").seq = 11;
       }},
      {"order", "the_other_first",
       [](Tape& tape) {
         Entry fin = tape.at("fin");
         tape.remove("fin");
         tape.after("peer_fin", fin);
       }},
      {"acknowledged", "not_the_last_byte", [](Tape& tape) { tape.at("last_ack").ack = 11; }},
      {"segment-size", "in_two",
       [](Tape& tape) {
         Entry second = again(tape, "news");
         tape.at("news").payload = "and";
         second.payload = " on";
         second.seq += 3;
         tape.after("news", second);
       }},
      {"repeats", "twice",
       [](Tape& tape) {
         tape.after("news", again(tape, "news"));
         tape.after("news", again(tape, "news"));
       }},
      {"repeats", "once", [](Tape& tape) { tape.after("news", again(tape, "news")); }, true},
      {"window", "half",
       [](Tape& tape) {
         for (const char* label : {"news", "again_ack", "fin", "last_ack"})
           tape.at(label).window /= 2;
       }},
      {"window", "twice_as_large", [](Tape& tape) { tape.at("news").window *= 2; }, true},
      {"timers",
       "a_wait",
       [](Tape& tape) {
         Entry late = again(tape, "hello");
         late.waits = 250;
         late.echo = first_clock_of_peer;
         tape.after("resumed", late);
       },
       false,
       Tape::Family::v4,
       {"repeats"}},
      {"echo", "what_was_never_sent", [](Tape& tape) { tape.at("news").echo = 8; }},
      {"echo", "nothing", [](Tape& tape) { tape.at("news").echo = 0; }, true},
      {"resets", "one_more",
       [](Tape& tape) { tape.after("last_ack", {.label = "rst", .flags = flag::rst, .seq = 13}); }},
  };
  return all;
}

// All of ours echo what the peer has sent.
Tape good_tape(Tape::Family family) {
  Tape tape(family);
  for (const char* label : {"news", "again_ack", "fin", "last_ack"}) {
    tape.at(label).echo = first_clock_of_peer;
  }
  return tape;
}

class EachTampered : public testing::TestWithParam<Tampered> {};

TEST_P(EachTampered, IsToldByItsAspectAlone) {
  Tape tape = good_tape(GetParam().family);
  const auto control = traits_of(tape.evidence());
  GetParam().tamper(tape);
  const auto cut = traits_of(tape.evidence());
  std::set<std::string> aspects;
  for (const Difference& each : differences(control, cut, {})) {
    if (!GetParam().besides.contains(each.aspect)) aspects.insert(each.aspect);
  }
  EXPECT_EQ(aspects, std::set<std::string>{GetParam().aspect});
  EXPECT_EQ(differences(control, cut).empty(), GetParam().is_declared);
}

INSTANTIATE_TEST_SUITE_P(Comparison, EachTampered, testing::ValuesIn(tampered()),
                         [](const auto& each) {
                           std::string name = each.param.aspect + "_" + each.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Comparison, EveryAspectAndEveryDeclarationHasItsTest) {
  std::set<std::string_view> told, declared;
  for (const Tampered& each : tampered()) {
    told.insert(each.aspect);
    if (each.is_declared) declared.insert(each.aspect);
  }
  for (const Aspect& aspect : all_aspects()) EXPECT_TRUE(told.contains(aspect.name)) << aspect.name;
  for (const DeclaredDifference& each : declared_differences()) {
    if (each.aspect == "timers" || each.aspect.starts_with("Tcp")) continue;  // below
    EXPECT_TRUE(declared.contains(each.aspect)) << each.aspect;
    EXPECT_THAT(each.why, Not(IsEmpty()));
    EXPECT_THAT(each.source, Not(IsEmpty()));
  }
}

TEST(Comparison, OneMoreTimerOfThePeerIsDeclaredAndASecondIsNot) {
  Tape tape = good_tape(Tape::Family::v4);
  const auto control = traits_of(tape.evidence());
  Entry late = again(tape, "world");
  late.waits = 250;
  tape.after("resumed", late);
  EXPECT_THAT(differences(control, traits_of(tape.evidence())), IsEmpty());
  late.label = "world_once_more";
  tape.after("world_again", late);
  const auto found = differences(control, traits_of(tape.evidence()));
  EXPECT_THAT(found, Not(IsEmpty()));
  EXPECT_THAT(found, Each(Field(&Difference::of, "peer")));
}

TEST(Comparison, ACounterOfThePeersMayNotGrow) {
  const Trait one{"TcpExtPAWSEstab", "peer", {"1"}}, two{"TcpExtPAWSEstab", "peer", {"2"}};
  EXPECT_THAT(differences({two}, {one}), IsEmpty());
  EXPECT_EQ(differences({one}, {two}),
            (std::vector<Difference>{{"TcpExtPAWSEstab", "peer", "1", "2"}}));
}

TEST(Comparison, WhatIsDeclaredOfACounterIsOneMore) {
  for (const DeclaredDifference& each : declared_differences()) {
    if (!each.aspect.starts_with("Tcp")) continue;
    const std::string name(each.aspect);
    const Trait none{name, "peer", {"0"}}, one{name, "peer", {"1"}}, two{name, "peer", {"2"}};
    EXPECT_THAT(differences({none}, {one}), IsEmpty()) << name;
    EXPECT_THAT(differences({none}, {two}), Not(IsEmpty())) << name;
    EXPECT_THAT(differences({none}, {one}, {}), Not(IsEmpty())) << name;
  }
}

TEST(Comparison, TheSameCaptureShowsNothing) {
  for (const auto family : {Tape::Family::v4, Tape::Family::v6}) {
    const auto traits = traits_of(good_tape(family).evidence());
    EXPECT_THAT(differences(traits, traits, {}), IsEmpty());
  }
}

TEST(Comparison, AConversationThatOnlyOneOfThemSawIsADifference) {
  const Evidence evidence = good_tape(Tape::Family::v4).evidence();
  const auto first = traits_of(evidence, 1), second = traits_of(evidence, 2);
  const auto found = differences(first, second);
  EXPECT_EQ(found.size(), 4 * all_aspects().size());
  EXPECT_THAT(to_text(found.front()), HasSubstr("no such conversation"));
}

}  // namespace
}  // namespace sockcr::pcap::test
