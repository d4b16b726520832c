// A walk as a file of the catalogue.
#pragma once

#include <string>

#include "scenarios/language/scenario.h"
#include "scenarios/walk/walk.h"

namespace sockcr::scenario {

// What is played: one variant, with the walk's own timeline. The name is a file's.
Scenario scenario_of(const Walk& walk, const std::string& name);
Variant variant_of(const Walk& walk);

// The same, to be compiled: put it into the catalogue's folder and register it.
std::string source_of(const Walk& walk, const std::string& name);

// Entries of its timeline, as they stand there.
std::size_t count_of_lines(const Walk& walk);

}  // namespace sockcr::scenario
