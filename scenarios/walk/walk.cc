#include "scenarios/walk/walk.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <array>
#include <charconv>
#include <stdexcept>

#include "scenarios/walk/flavour.h"

namespace sockcr::scenario {
namespace {

struct Entry {
  Word word;
  std::string_view text;
  enum : std::uint8_t { alone, amount, manner } takes = alone;
};

constexpr std::array<Entry, 35> entries{{
    {Word::ours_writes, "ours writes", Entry::amount},
    {Word::peer_writes, "peer writes", Entry::amount},
    {Word::ours_reads, "ours reads"},
    {Word::peer_reads, "peer reads"},
    {Word::ours_writes_urgently, "ours shouts", Entry::amount},
    {Word::peer_writes_urgently, "peer shouts", Entry::amount},
    {Word::ours_reads_to_the_mark, "ours reads to the mark"},
    {Word::ours_takes_the_urgent_byte, "ours takes the urgent byte"},
    {Word::ours_shuts_down, "ours shuts down"},
    {Word::peer_shuts_down, "peer shuts down"},
    {Word::ours_closes, "ours closes"},
    {Word::peer_closes, "peer closes"},
    {Word::peer_resets, "peer resets"},
    {Word::ours_sets, "ours sets", Entry::manner},
    {Word::ours_fills_up, "ours fills up"},
    {Word::peer_fills_up, "peer fills up"},
    {Word::they_talk, "they talk"},
    {Word::wire_loses_ours, "wire loses ours"},
    {Word::wire_loses_peer, "wire loses peer"},
    {Word::wire_loses_both, "wire loses both", Entry::amount},
    {Word::wire_refuses_ours, "wire refuses ours"},
    {Word::wire_has_a_hole, "wire has a hole"},
    {Word::wire_is_bad, "wire is bad", Entry::manner},
    {Word::gate_closes, "gate closes"},
    {Word::cut, "cut", Entry::manner},
    {Word::checkpoints_fail, "checkpoints fail"},
    {Word::checkpoint_in_passing, "checkpoint in passing"},
    {Word::gate_opens, "gate opens"},
    {Word::program_sleeps, "program sleeps", Entry::manner},
    {Word::program_wakes, "program wakes"},
    {Word::client_knocks, "client knocks", Entry::amount},
    {Word::client_writes, "client writes", Entry::amount},
    {Word::client_shuts_down, "client shuts down"},
    {Word::listener_accepts, "listener accepts"},
    {Word::child_writes, "child writes", Entry::amount},
}};

const Entry& entry_of(Word word) {
  for (const Entry& entry : entries) {
    if (entry.word == word) return entry;
  }
  throw std::logic_error("a word without text");
}

std::string text_of(const Move& move) {
  std::string text(entry_of(move.word).text);
  if (has_amount(move.word)) text += fmt::format(" {}", move.amount);
  if (!move.how.empty()) text += " " + move.how;
  return text;
}

// The longest word that the piece begins with.
const Entry* find_entry(std::string_view piece) {
  const Entry* found = nullptr;
  for (const Entry& entry : entries) {
    if (!piece.starts_with(entry.text)) continue;
    if (piece.size() > entry.text.size() && piece[entry.text.size()] != ' ') continue;
    if (found == nullptr || entry.text.size() > found->text.size()) found = &entry;
  }
  return found;
}

[[noreturn]] void refuse(std::string_view piece) {
  throw std::invalid_argument(fmt::format("\"{}\" is no part of a walk", piece));
}

Move move_from(std::string_view piece) {
  const Entry* entry = find_entry(piece);
  if (entry == nullptr) refuse(piece);
  Move move{.word = entry->word};
  std::string_view rest = piece.substr(entry->text.size());
  if (!rest.empty()) rest.remove_prefix(1);
  if (entry->takes == Entry::manner) {
    move.how = rest;
  } else if (entry->takes == Entry::amount) {
    constexpr unsigned usual = 100;
    move.amount = usual;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), move.amount);
    const bool whole = end == rest.data() + rest.size() && error == std::errc{};
    if (!rest.empty() && (!whole || move.amount == 0)) refuse(piece);
  } else if (!rest.empty()) {
    refuse(piece);
  }
  return move;
}

bool is_of_start(std::string_view piece, Start& start) {
  for (const Family family : {Family::v4, Family::v6, Family::mapped}) {
    if (piece == to_text(family)) return start.family = family, true;
  }
  for (const Side side : {Side::active, Side::passive}) {
    if (piece == to_text(side)) return start.side = side, true;
  }
  for (const Options options : {Options::ts, Options::nots}) {
    if (piece == to_text(options)) return start.options = options, true;
  }
  if (find_flavour(piece) == nullptr) return false;
  return start.flavour = piece, true;
}

}  // namespace

std::size_t number_of_words() { return entries.size(); }
bool has_amount(Word word) { return entry_of(word).takes == Entry::amount; }
bool has_manner(Word word) { return entry_of(word).takes == Entry::manner; }

std::vector<std::string> pieces_of(const Walk& walk) {
  const Start usual, &start = walk.start;
  std::vector<std::string> pieces;
  if (start.family != usual.family) pieces.emplace_back(to_text(start.family));
  if (start.side != usual.side) pieces.emplace_back(to_text(start.side));
  if (start.options != usual.options) pieces.emplace_back(to_text(start.options));
  if (start.flavour != usual.flavour) pieces.push_back(start.flavour);
  for (const Move& move : walk.moves) pieces.push_back(text_of(move));
  return pieces;
}

std::string to_text(const Walk& walk) {
  return fmt::format("{}", fmt::join(pieces_of(walk), "; "));
}

Walk walk_from(std::string_view text) {
  Walk walk;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(';'), text.size());
    std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (piece.starts_with(' ')) piece.remove_prefix(1);
    while (piece.ends_with(' ')) piece.remove_suffix(1);
    if (piece.empty()) continue;
    if (!is_of_start(piece, walk.start)) walk.moves.push_back(move_from(piece));
  }
  return walk;
}

}  // namespace sockcr::scenario
