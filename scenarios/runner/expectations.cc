#include "scenarios/runner/expectations.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <algorithm>
#include <utility>

namespace sockcr::runner {
namespace {

using scenario::CaseResult;
using scenario::Verdict;
using Outcome = Expectation::Outcome;

bool matches(const std::string& glob, const std::string& text) {
  return ::fnmatch(glob.c_str(), text.c_str(), 0) == 0;
}

bool names(const Expectation& each, const std::string& name) {
  const auto matches_name = [&](const std::string& glob) { return matches(glob, name); };
  return matches_name(each.case_glob) &&
         std::none_of(each.except_globs.begin(), each.except_globs.end(), matches_name);
}

bool is_in_range(const Expectation& each, const std::string& kernel) {
  if (!each.since && !each.before) return true;
  const auto release = parse_kernel_release(kernel);
  if (!release) return false;  // nothing is known of what cannot be ordered
  return (!each.since || *release >= *each.since) && (!each.before || *release < *each.before);
}

bool concerns(const Expectation& each, const Judged& judged) {
  const bool cut =
      each.cuts.empty() || std::count(each.cuts.begin(), each.cuts.end(), judged.cut) != 0;
  return cut && names(each, judged.name) && matches(each.engine_glob, judged.engine) &&
         is_in_range(each, judged.result.kernel);
}

std::string known(const Expectation& each) {
  return each.see.empty() ? each.reason : fmt::format("{} ({})", each.reason, each.see);
}

bool matches_any(const Expectation& each, const ScenarioEntry& scenario) {
  return std::any_of(scenario.variants.begin(), scenario.variants.end(), [&](const auto& variant) {
    return names(each, scenario.name + "." + variant.name);
  });
}

}  // namespace

Expectations::Expectations(std::vector<Expectation> list)
    : list_(std::move(list)), uses_(list_.size()) {}

CaseResult Expectations::apply(const Judged& judged, bool strict) {
  switch (judged.result.verdict) {
    case Verdict::fail:
      return apply_to_failure(judged);
    case Verdict::pass:
      return apply_to_pass(judged);
    case Verdict::skip:
      return apply_to_skip(judged, strict);
    case Verdict::xfail:
    case Verdict::xpass:
    case Verdict::trouble:
      break;
  }
  return judged.result;
}

CaseResult Expectations::apply_to_failure(const Judged& judged) {
  CaseResult result = judged.result;
  if (const auto found = find(judged, Outcome::fail, true)) {
    result.verdict = Verdict::xfail;
    result.reason = fmt::format("known: {}: {}", known(list_[*found]), result.reason);
  }
  return result;
}

// A skip that is expected is one that may come: kernels of one release are configured differently.
CaseResult Expectations::apply_to_pass(const Judged& judged) {
  find(judged, Outcome::skip, false);
  CaseResult result = judged.result;
  if (const auto found = find(judged, Outcome::fail, false)) {
    result.verdict = Verdict::xpass;
    result.reason =
        fmt::format("was expected to fail: {} [{}]", known(list_[*found]), list_[*found].place);
  }
  return result;
}

CaseResult Expectations::apply_to_skip(const Judged& judged, bool strict) {
  CaseResult result = judged.result;
  if (!find(judged, Outcome::skip, true) && strict) {
    result.verdict = Verdict::trouble;
    result.reason = "a skip that nobody expects: " + result.reason;
  }
  return result;
}

std::optional<std::size_t> Expectations::find(const Judged& judged, Outcome outcome,
                                              bool with_reason) {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < list_.size(); ++i) {
    const Expectation& each = list_[i];
    if (each.outcome != outcome || !concerns(each, judged)) continue;
    uses_[i].met = true;
    if (with_reason && each.says && !std::regex_search(judged.result.reason, *each.says)) continue;
    if (with_reason) uses_[i].needed = true;
    if (!found) found = i;
  }
  return found;
}

std::vector<const Expectation*> Expectations::unneeded() const {
  std::vector<const Expectation*> found;
  for (std::size_t i = 0; i < list_.size(); ++i) {
    if (uses_[i].met && !uses_[i].needed) found.push_back(&list_[i]);
  }
  return found;
}

std::vector<const Expectation*> Expectations::stale(const Catalogue& catalogue) const {
  std::vector<const Expectation*> found;
  for (const Expectation& each : list_) {
    const bool alive =
        std::any_of(catalogue.scenarios.begin(), catalogue.scenarios.end(),
                    [&](const ScenarioEntry& scenario) { return matches_any(each, scenario); });
    if (!alive) found.push_back(&each);
  }
  return found;
}

}  // namespace sockcr::runner
