#include "scenarios/walk/line.h"

#include <algorithm>
#include <cctype>

namespace sockcr::scenario {
namespace {

std::string source_of(TcpState state) {
  std::string name(to_text(state));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return "TcpState::" + name;
}

std::string call(const Named& who, std::string_view word, const std::string& argument = "") {
  return fmt::format("{}.{}({})", who.source, word, argument);
}

std::string number(unsigned value) { return fmt::format("{}", value); }

}  // namespace

Line writes(const Named& who, unsigned bytes) {
  return {call(who, "writes", number(bytes)), who.end.writes(bytes)};
}

Line has_unread(const Named& who, unsigned bytes) {
  return {call(who, "has_unread", number(bytes)), who.end.has_unread(bytes)};
}

Line has_unacked(const Named& who, unsigned bytes) {
  return {call(who, "has_unacked", number(bytes)), who.end.has_unacked(bytes)};
}

Line has_unsent(const Named& who, unsigned bytes) {
  return {call(who, "has_unsent", number(bytes)), who.end.has_unsent(bytes)};
}

Line reads_all(const Named& who) { return {call(who, "reads_all"), who.end.reads_all()}; }

Line is_in(const Named& who, TcpState state) {
  return {call(who, "is_in", source_of(state)), who.end.is_in(state)};
}

Line comes_to(const Named& who, TcpState state) {
  return {call(who, "comes_to", source_of(state)), who.end.comes_to(state)};
}

Line is_kept_in(const Named& who, TcpState state) {
  return {call(who, "is_kept_in", source_of(state)), who.end.is_kept_in(state)};
}

Line plainly(const Named& who, std::string_view word, Step (End::*say)(At) const) {
  return {call(who, word), (who.end.*say)(At::here())};
}

}  // namespace sockcr::scenario
