// A walk: one conversation that nobody has thought of, as plain values and as a line of text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/language/variant.h"

namespace sockcr::scenario {

// How it begins.
struct Start {
  Family family = Family::v4;
  Side side = Side::active;
  Options options = Options::ts;
  std::string flavour = "plain";  // flavour.h has them all

  friend bool operator==(const Start&, const Start&) = default;
};

enum class Word : std::uint8_t {
  ours_writes,
  peer_writes,
  ours_reads,
  peer_reads,
  ours_writes_urgently,
  peer_writes_urgently,
  ours_reads_to_the_mark,
  ours_takes_the_urgent_byte,
  ours_shuts_down,
  peer_shuts_down,
  ours_closes,
  peer_closes,
  peer_resets,
  ours_sets,      // how: an option
  ours_fills_up,  // until the peer's window is closed
  peer_fills_up,  // until ours' window is closed
  they_talk,
  wire_loses_ours,
  wire_loses_peer,
  wire_loses_both,  // what the peer sends, and what ours sends behind some bytes
  wire_refuses_ours,
  wire_has_a_hole,
  wire_is_bad,  // how: what happens to some of the segments
  gate_closes,
  cut,  // how: the plan
  checkpoints_fail,
  checkpoint_in_passing,
  gate_opens,
  program_sleeps,  // how: the call
  program_wakes,
  client_knocks,
  client_writes,
  client_shuts_down,
  listener_accepts,
  child_writes,
};

struct Move {
  Word word = Word::they_talk;
  unsigned amount = 0;  // bytes; 0: the word has none
  std::string how{};

  friend bool operator==(const Move&, const Move&) = default;
};

struct Walk {
  Start start;
  std::vector<Move> moves;

  friend bool operator==(const Walk&, const Walk&) = default;
};

// Pieces that mean something each by itself, so that one can be left out: what differs from the
// usual start ("v6", "passive", "nots", a flavour), then the moves ("ours writes 3000", "cut gap").
std::vector<std::string> pieces_of(const Walk& walk);
std::string to_text(const Walk& walk);  // the pieces, with "; " between them
// What has no amount and needs one has 100. Throws std::invalid_argument for a piece that is none.
Walk walk_from(std::string_view text);

std::size_t number_of_words();
bool has_amount(Word word);
bool has_manner(Word word);  // how

}  // namespace sockcr::scenario
