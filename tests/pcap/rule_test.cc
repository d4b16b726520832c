// Each rule fires on a capture that breaks it, alone, and none on a good one.
#include "pcap/rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <array>
#include <functional>
#include <set>

#include "engine/sys/error.h"
#include "pcap/decode.h"
#include "pcap/resets.h"
#include "pcap/rules/rules.h"
#include "tests/pcap/fired.h"
#include "tests/pcap/tape.h"

namespace sockcr::pcap::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Entry relabelled(Entry entry, const std::string& label) {
  entry.label = label;
  return entry;
}

struct BadCapture {
  std::string name;
  std::string rule;
  std::function<void(Tape&)> tamper;
};

void PrintTo(const BadCapture& bad, std::ostream* out) { *out << bad.name; }

const std::vector<BadCapture>& bad_captures() {
  static const std::vector<BadCapture> all = {
      {"ours_resets_after_gate_open", "no_reset",
       [](Tape& tape) { tape.after("resumed", {.label = "rst", .flags = flag::rst, .seq = 6}); }},
      {"peer_resets_into_closed_gate", "no_reset",
       [](Tape& tape) {
         tape.after("killed", {.label = "rst", .from = Side::peer, .flags = flag::rst, .seq = 11});
       }},
      {"ours_acks_behind_closed_gate", "silent_gate",
       [](Tape& tape) { tape.after("frozen", tape.at("world_ack")); }},
      {"forged_segment_behind_closed_gate_counts_as_ours", "no_forged_segment",
       [](Tape& tape) {
         Entry forged = tape.at("news_ack");
         forged.mac_of_other = true;
         tape.after("news_ack", forged);
       }},
      {"ours_sends_other_bytes_again", "one_value",
       [](Tape& tape) {
         Entry again = tape.at("hello");
         again.payload = "hellO";
         tape.after("hello_ack", again);
       }},
      {"peer_sends_other_bytes_again", "one_value",
       [](Tape& tape) { tape.at("again").payload = "agaiN"; }},
      {"a_later_byte_stands_where_the_fin_stood", "one_value",
       [](Tape& tape) {
         tape.after("fin", {.label = "late", .seq = 12, .ack = 11, .payload = "!"});
       }},
      {"ours_begins_again_elsewhere", "one_value",
       [](Tape& tape) {
         tape.after("syn_ack", {.label = "syn2", .flags = flag::syn, .seq = -1000});
       }},
      {"ours_repeats_its_syn_with_another_window_scale", "one_offer",
       [](Tape& tape) {
         Entry again = tape.at("syn");
         again.scale = 10;
         tape.after("syn", again);
       }},
      {"peer_repeats_its_syn_ack_with_another_window_scale", "one_offer",
       [](Tape& tape) {
         Entry again = tape.at("syn_ack");
         again.scale = 0;
         tape.after("syn_ack", again);
       }},
      {"a_byte_was_changed_on_the_way", "delivered_once",
       [](Tape& tape) { tape.ours_writes = "helloanD on"; }},
      {"a_byte_was_sent_that_nobody_wrote", "delivered_once",
       [](Tape& tape) { tape.peer_writes.pop_back(); }},
      {"a_byte_was_never_sent", "delivered_once", [](Tape& tape) { tape.peer_writes += "!"; }},
      {"the_stream_has_a_hole", "delivered_once",
       [](Tape& tape) {
         tape.at("news").seq = 7;
         tape.at("news").payload = "nd on";
       }},
      {"the_last_bytes_are_not_acknowledged", "delivered_once",
       [](Tape& tape) { tape.remove("last_ack"); }},
      {"ours_closes_without_fin", "delivered_once",
       [](Tape& tape) {
         tape.remove("fin");
         tape.at("peer_fin").ack = 12;
         tape.at("last_ack").seq = 12;
       }},
      {"peer_sends_fin_without_close", "delivered_once",
       [](Tape& tape) { tape.peer_closes = false; }},
      {"no_beginning_of_peers_stream", "delivered_once",
       [](Tape& tape) {
         tape.remove("syn_ack");
         // Without the offers in the SYN-ACK nothing is scaled.
       }},
      {"ours_acks_what_was_never_sent", "no_early_ack",
       [](Tape& tape) { tape.at("news").ack = 12; }},
      {"peer_acks_behind_the_end", "no_early_ack",
       [](Tape& tape) { tape.at("hello_ack").ack = 7; }},
      {"ours_clock_goes_back_two_ticks", "timestamps",
       [](Tape& tape) { tape.at("news").ahead = -10; }},
      {"ours_clock_leaps", "timestamps", [](Tape& tape) { tape.at("last_ack").ahead = 60100; }},
      {"ours_drops_time_stamps", "timestamps", [](Tape& tape) { tape.at("news").stamped = false; }},
      {"ours_takes_window_back", "window_edge", [](Tape& tape) { tape.at("news").window = 499; }},
      {"ours_forgets_its_window_scale", "window_edge",
       [](Tape& tape) {
         for (const char* label : {"news", "again_ack", "fin", "last_ack"}) {
           tape.at(label).window = 500 >> 7;
         }
       }},
      {"tcp_checksum_wrong", "checksums",
       [](Tape& tape) {
         Entry wrong = relabelled(tape.at("news"), "wrong");
         wrong.wrong_tcp_checksum = true;
         tape.after("resumed", wrong);
       }},
      {"ip_checksum_wrong", "checksums",
       [](Tape& tape) { tape.at("news").wrong_ip_checksum = true; }},
  };
  return all;
}

class BadCaptures : public testing::TestWithParam<BadCapture> {};

TEST_P(BadCaptures, FireExactlyTheirRule) {
  Tape tape;
  GetParam().tamper(tape);
  const Evidence evidence = tape.evidence();
  EXPECT_THAT(fired(evidence), ElementsAre(GetParam().rule)) << story(evidence);
}

INSTANTIATE_TEST_SUITE_P(Rule, BadCaptures, testing::ValuesIn(bad_captures()),
                         [](const auto& bad) { return bad.param.name; });

TEST(Rules, AreSilentAboutAGoodCapture) {
  for (const auto family : {Tape::Family::v4, Tape::Family::v6}) {
    const Evidence evidence = Tape(family).evidence();
    EXPECT_THAT(fired(evidence), IsEmpty()) << story(evidence);
  }
}

TEST(Rules, EachHasABadCapture) {
  std::set<std::string> covered;
  for (const BadCapture& bad : bad_captures()) covered.insert(bad.rule);
  for (const Rule& rule : all_rules()) {
    EXPECT_TRUE(covered.count(std::string(rule.name))) << rule.name;
    EXPECT_EQ(rule_named(rule.name).about, rule.about);
  }
  EXPECT_THROW(rule_named("no_such_rule"), std::out_of_range);
}

TEST(Rules, NameThePacketAndWhatWasExpected) {
  Tape tape;
  tape.at("again").payload = "agaiN";
  const auto breaches = judge(tape.evidence());
  ASSERT_EQ(breaches.size(), 1U);
  EXPECT_EQ(to_text(breaches[0]),
            "packet 23: one_value: expected 0x6e at sequence 10 of peer, as in packet 10, but it "
            "carries 0x4e");
}

TEST(OneOffer, LetsASynBeRepeated) {
  Tape tape;
  tape.after("syn", tape.at("syn"));
  tape.after("syn_ack", tape.at("syn_ack"));
  EXPECT_THAT(fired(tape.evidence()), IsEmpty()) << story(tape.evidence());
}

TEST(OneOffer, SaysWhatEachOffered) {
  Tape tape;
  Entry again = tape.at("syn");
  again.scale = 10;
  tape.after("syn", again);
  EXPECT_THAT(
      story(tape.evidence()),
      HasSubstr("expected MSS 1460, window scale 7, SACK, time stamps in every SYN of ours, "
                "but MSS 1460, window scale 10, SACK, time stamps"));
}

Evidence with_reset(const std::string& behind, Side from) {
  Tape tape;
  tape.after(behind, {.label = "rst", .from = from, .flags = flag::rst, .seq = 11});
  return tape.evidence();
}

TEST(NoReset, IsAllowedByDirectionAndPhase) {
  Evidence evidence = with_reset("frozen", Side::peer);
  evidence.allowed_resets = {{Side::peer, "gate-closed", "gate-open", "the peer gives up"}};
  EXPECT_THAT(fired(evidence), IsEmpty()) << story(evidence);
  evidence.allowed_resets = {{Side::peer, "", "", "at any time"}};
  EXPECT_THAT(fired(evidence), IsEmpty());
}

TEST(NoReset, IsAllowedOnceForEachAllowance) {
  Tape tape;
  for (int i = 0; i < 2; ++i) {
    tape.after("frozen", {.label = "rst", .from = Side::peer, .flags = flag::rst, .seq = 11});
  }
  Evidence evidence = tape.evidence();
  evidence.allowed_resets = {{Side::peer, "", "", "once"}};
  EXPECT_THAT(story(evidence), HasSubstr("no RST from either side but those that are allowed"));
  evidence.allowed_resets.push_back({Side::peer, "", "", "and once more"});
  EXPECT_THAT(fired(evidence), IsEmpty()) << story(evidence);
  EXPECT_EQ(count_resets(evidence.recording), 2U);
}

TEST(NoReset, IsNotAllowedElsewhere) {
  Evidence evidence = with_reset("resumed", Side::peer);
  for (const ResetAllowance& allowance : std::vector<ResetAllowance>{
           {Side::peer, "gate-closed", "gate-open", "too late"},
           {Side::ours, "", "", "the other side"},
           {Side::peer, "resumed", "no-such-mark", "before what never came"},
           {Side::peer, "no-such-mark", "", "behind what never came"},
       }) {
    evidence.allowed_resets = {allowance};
    EXPECT_THAT(fired(evidence), ElementsAre("no_reset")) << allowance.reason;
  }
}

TEST(OneValue, ComparesTheFinWithBytes) {
  Tape tape;
  tape.after("hello", {.label = "fin0", .flags = flag::fin | flag::ack, .seq = 3, .ack = 1});
  EXPECT_THAT(story(tape.evidence()), HasSubstr("one_value: expected 0x6c at sequence 3 of ours"));
}

TEST(DeliveredOnce, IsContentWithAPrefixOfAnUnfinishedConversation) {
  Tape tape;
  for (const char* label : {"again_ack", "fin", "peer_fin", "last_ack"}) tape.remove(label);
  tape.ours_writes += " and on";
  Evidence evidence = tape.evidence();
  evidence.ran_to_its_end = false;
  EXPECT_THAT(fired(evidence), IsEmpty()) << story(evidence);
  evidence.ours.written[3] ^= 1;
  EXPECT_THAT(fired(evidence), ElementsAre("delivered_once"));
}

TEST(Timestamps, MayBeOneTickOutOfOrder) {
  Tape tape;
  tape.at("ack").ahead = 2;  // one ahead of the next segment of ours
  EXPECT_THAT(fired(tape.evidence()), IsEmpty());
  tape.at("ack").ahead = 3;
  EXPECT_THAT(fired(tape.evidence()), ElementsAre("timestamps"));
}

TEST(Timestamps, CountMicrosecondsWhereTheSocketDoes) {
  Tape tape;
  tape.at("news").ahead = -900;
  Evidence evidence = tape.evidence();
  EXPECT_THAT(fired(evidence), ElementsAre("timestamps"));
  evidence.ours.microsecond_timestamps = true;
  EXPECT_THAT(fired(evidence), IsEmpty()) << story(evidence);
}

TEST(Timestamps, MayLeapBeforeTheGateClosesWhereTheClockWasSet) {
  Tape tape;
  tape.at("syn").ahead = -70'000;
  Evidence evidence = tape.evidence();
  EXPECT_THAT(fired(evidence), Contains("timestamps"));
  evidence.ours.clock_was_set = true;
  EXPECT_THAT(fired(evidence), IsEmpty()) << story(evidence);
  tape.at("last_ack").ahead = 70'000;  // behind the gate
  evidence = tape.evidence();
  evidence.ours.clock_was_set = true;
  EXPECT_THAT(fired(evidence), ElementsAre("timestamps"));
}

TEST(Timestamps, MayBeLateWhereAnotherSendsInItsName) {
  Tape tape;
  tape.at("news").ahead = -200;
  Evidence evidence = tape.evidence();
  EXPECT_THAT(fired(evidence), ElementsAre("timestamps"));
  evidence.ours.has_a_double = true;
  EXPECT_THAT(fired(evidence), IsEmpty()) << story(evidence);
  tape.at("news").ahead = -300;
  evidence = tape.evidence();
  evidence.ours.has_a_double = true;
  EXPECT_THAT(fired(evidence), ElementsAre("timestamps"));
}

TEST(Timestamps, AreNotMissedWhereNotNegotiated) {
  Tape tape;
  tape.at("syn_ack").stamped = false;
  tape.at("news").stamped = false;
  EXPECT_THAT(fired(tape.evidence()), IsEmpty());
}

TEST(WindowEdge, MayLoseWhatTheFieldCannotHold) {
  Tape tape;
  tape.at("peer_fin").seq = 11;
  tape.at("news").window = 499;
  tape.at("news").ack = 6;
  EXPECT_THAT(fired(tape.evidence()), ElementsAre("window_edge"));  // 128 bytes less
  // Ours had acknowledged one byte less before, so that the same field is 127 bytes less.
  tape.at("world_ack").ack = 5;
  EXPECT_THAT(fired(tape.evidence()), IsEmpty()) << story(tape.evidence());
}

TEST(WindowEdge, OwesOnlyWhatOursToldLastBeforeTheGateClosed) {
  Tape tape;
  tape.at("ack").window = 900;
  EXPECT_THAT(fired(tape.evidence()), IsEmpty()) << story(tape.evidence());
  for (const char* label : {"news", "again_ack", "fin", "last_ack"}) tape.at(label).window = 400;
  const Evidence evidence = tape.evidence();
  EXPECT_THAT(fired(evidence), ElementsAre("window_edge"));
  EXPECT_THAT(to_text(judge(evidence).front()), HasSubstr("had taken it back"));
}

TEST(WindowEdge, OwesNothingBehindBothFins) {
  Tape tape;
  tape.at("last_ack").window = 3;
  EXPECT_THAT(fired(tape.evidence()), IsEmpty()) << story(tape.evidence());
}

TEST(WindowEdge, OwesAllBehindThePeersFinAlone) {
  Tape tape;
  Entry acks_fin = tape.at("last_ack");
  acks_fin.label = "acks_fin";
  acks_fin.seq = 12;
  acks_fin.window = 3;
  Entry peer_fin = tape.at("peer_fin");
  peer_fin.ack = 12;
  tape.remove("peer_fin");
  tape.after("again_ack", peer_fin);
  tape.after("peer_fin", acks_fin);
  tape.after("fin", {.label = "fin_ack", .from = Side::peer, .seq = 12, .ack = 13});
  EXPECT_THAT(fired(tape.evidence()), ElementsAre("window_edge"));
}

}  // namespace
}  // namespace sockcr::pcap::test
