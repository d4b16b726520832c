// The cut as a word: what a timeline says once, and the run makes nothing, one round or two of.
#pragma once

#include <string>
#include <vector>

#include "scenarios/language/step.h"

namespace sockcr::scenario {

// Into how many images the subjects go, and what is left out of them.
struct CutPlan {
  // The subjects of each image; empty: all of them in one. Restored in this order, or backwards.
  std::vector<std::vector<int>> images{};
  bool backwards = false;
  // Connections are left out, at checkpoint or at restore: they appear closed to the program.
  bool listeners_only_at_checkpoint = false;
  bool listeners_only_at_restore = false;

  bool listeners_only() const { return listeners_only_at_checkpoint || listeners_only_at_restore; }
};

Step cut(const CutPlan& plan = {}, At at = At::here());

// The engine refuses ours by a name that has `kind` in it, and ours runs on.
Step cut_is_refused(std::string kind, At at = At::here());

}  // namespace sockcr::scenario
