// A line of a timeline: what it does, and how it is written in a file of the catalogue.
#pragma once

#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/language/words.h"

// The expression, and its own text.
#define SOCKCR_LINE(...) \
  ::sockcr::scenario::Line { #__VA_ARGS__, __VA_ARGS__ }

namespace sockcr::scenario {

struct Line {
  std::string source;
  Steps steps;
};
using Lines = std::vector<Line>;

inline void append(Lines& lines, Lines more) {
  for (Line& line : more) lines.push_back(std::move(line));
}

// An end, and the word for it.
struct Named {
  std::string source;
  End end;
};

inline Named named_ours() { return {"ours", ours}; }
inline Named named_peer() { return {"peer", peer}; }
inline Named named_child(int number) { return {fmt::format("child({})", number), child(number)}; }
inline Named named_client(int number) {
  return {fmt::format("client({})", number), client(number)};
}

// Sentences with a number or a state in them.
Line writes(const Named& who, unsigned bytes);
Line has_unread(const Named& who, unsigned bytes);
Line has_unacked(const Named& who, unsigned bytes);
Line has_unsent(const Named& who, unsigned bytes);
Line reads_all(const Named& who);
Line is_in(const Named& who, TcpState state);
Line comes_to(const Named& who, TcpState state);
Line is_kept_in(const Named& who, TcpState state);
Line plainly(const Named& who, std::string_view word, Step (End::*say)(At) const);

}  // namespace sockcr::scenario
