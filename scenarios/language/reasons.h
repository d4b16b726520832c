// Why a timeline has each of its steps: for --explain. A table beside the words, because the reason
// of one sentence is another one before, behind and after the closed gate.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/language/step.h"

namespace sockcr::scenario {

enum class Part { before, closed, after };  // the gate closes, the gate opens

struct Reason {
  enum class When { always, before, closed, after };

  const char* sentence;  // a regular expression over the whole step; $ stands for any end
  When when;
  const char* text;
};

// The first that matches counts.
const std::vector<Reason>& reason_table();
const std::vector<Reason>& reasons_of_other_kinds();  // a part of it
const std::vector<Reason>& reasons_of_timers();       // another

// "" where nobody has said why.
std::string reason_of(std::string_view sentence, Part part);

// The steps of a timeline, numbered, in parts, each with its reason where that is new.
std::string explained(const Steps& timeline);

}  // namespace sockcr::scenario
