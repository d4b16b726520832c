// From what the user typed to the cases that it means.
#pragma once

#include <string>
#include <vector>

#include "scenarios/runner/catalogue.h"

namespace sockcr::runner {

struct Choice {
  std::vector<std::string> names{};  // NAME, NAME.VARIANT, aliases too
  bool all = false;
  bool exhaustive = false;  // whole products instead of the cover; all scenarios without a name
  std::string engine{"native"};
  bool long_ones = false;     // also what waits for real seconds
  bool virtual_time = false;  // as long_ones: nobody waits
};

struct Selection {
  std::vector<CaseId> cases;          // each once, in the catalogue's order
  std::vector<DamagedEntry> damaged;  // chosen too, but nothing can be run of them
};

// Throws UsageError for a name that nobody has, an engine that nobody has, and for no choice at
// all; but a broken engine alone chooses the cases that are named for it.
Selection select(const Catalogue& catalogue, const Choice& choice);

// Throws UsageError, with the nearest names, unless some scenario of `catalogue` has `engine`.
void require_engine(const Catalogue& catalogue, const std::string& engine);

}  // namespace sockcr::runner
