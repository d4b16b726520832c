// Random conversations, as the runner sees them: cases of a scenario that has no variants of its
// own, each named by its seed.
#pragma once

#include <memory>
#include <vector>

#include "scenarios/runner/case.h"
#include "scenarios/runner/catalogue.h"
#include "scenarios/runner/selection.h"
#include "scenarios/runner/shrinking.h"

namespace sockcr::runner {

inline constexpr const char* walk_scenario = "walk";

// The catalogue with one variant for that scenario, which stands for all its conversations. Throws
// UsageError where nobody can walk, or has the engine.
Catalogue with_walks(const Catalogue& catalogue, const std::string& engine);
Selection walks_of(const Catalogue& walking);

// A failing walk on its way to a shorter one.
class ShrinkingWalk {
 public:
  ShrinkingWalk(scenario::CaseRequest asked, scenario::CaseResult failure);

  // Requests to be judged, each with its control; nothing: it is done.
  std::vector<scenario::CaseRequest> next();
  void judged(const scenario::CaseResult& result);

  const scenario::CaseRequest& asked() const { return asked_; }
  // The shortest, told together with the one that was found.
  scenario::CaseResult result() const;

 private:
  scenario::CaseRequest asked_;
  scenario::CaseResult found_, shortest_;
  Shrinking shrinking_;
};

}  // namespace sockcr::runner
