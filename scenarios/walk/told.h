// A walk told in the words of the language, line by line, with what the model predicts.
#pragma once

#include "scenarios/walk/line.h"
#include "scenarios/walk/walk.h"

namespace sockcr::scenario {

// Of a legal walk. It ends healed: faults gone, the gate open, everything read, both ends parted.
Lines lines_of(const Walk& walk, const Variant& v);
Steps steps_of(const Lines& lines);

}  // namespace sockcr::scenario
