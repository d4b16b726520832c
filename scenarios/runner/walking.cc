#include "scenarios/runner/walking.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>

#include "scenarios/runner/exit_code.h"

namespace sockcr::runner {

using scenario::CaseRequest;
using scenario::CaseResult;
using scenario::Verdict;

namespace {

std::string text_of(const Pieces& pieces) { return fmt::format("{}", fmt::join(pieces, "; ")); }

}  // namespace

Catalogue with_walks(const Catalogue& catalogue, const std::string& engine) {
  require_engine(catalogue, engine);
  const ScenarioEntry* walk = find_scenario(catalogue, walk_scenario);
  if (walk == nullptr) throw UsageError("--walk: no binary for it stands beside the scenarios");
  ScenarioEntry walking = *walk;
  walking.variants = {{.name = "any", .needs = ""}};
  return {{walking}, {}};
}

Selection walks_of(const Catalogue&) { return {{{0, 0}}, {}}; }

ShrinkingWalk::ShrinkingWalk(CaseRequest asked, CaseResult failure)
    : asked_(std::move(asked)),
      found_(std::move(failure)),
      shortest_(found_),
      shrinking_(found_.walk) {}

// What it leaves would be overwritten by the next: it leaves nothing.
std::vector<CaseRequest> ShrinkingWalk::next() {
  std::vector<CaseRequest> requests;
  for (const Pieces& candidate : shrinking_.next()) {
    CaseRequest request = asked_;
    request.walk = candidate.empty() ? "active" : text_of(candidate);
    request.directory.clear();
    request.keep = false;
    requests.push_back(std::move(request));
  }
  return requests;
}

void ShrinkingWalk::judged(const CaseResult& result) {
  if (result.verdict != Verdict::fail) return;
  if (shrinking_.fails(result.walk)) shortest_ = result;
}

CaseResult ShrinkingWalk::result() const {
  CaseResult told = shortest_;
  told.ms = found_.ms;
  told.directory = found_.directory;
  told.report =
      fmt::format("{}\nfound as: {}\n          {}\nshrunk in {} tries to: {}\n", shortest_.report,
                  text_of(found_.walk), found_.reason, shrinking_.tries(), text_of(shortest_.walk));
  told.reason += fmt::format(" [{}]", text_of(shortest_.walk));
  return told;
}

}  // namespace sockcr::runner
