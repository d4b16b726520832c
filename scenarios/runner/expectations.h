// What is known to differ between kernels and engines: values, and what they make of a verdict.
#pragma once

#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "engine/sys/kernel_release.h"
#include "scenarios/runner/case.h"
#include "scenarios/runner/catalogue.h"

namespace sockcr::runner {

struct Expectation {
  enum class Outcome { fail, skip };

  std::string case_glob;                       // of NAME.VARIANT, as fnmatch(3) reads it
  std::vector<std::string> except_globs;       // of those the ones that it does not concern
  std::vector<std::string> cuts;               // empty: every cut
  std::string engine_glob = "*";               // of native, broken:NAME, ...
  std::optional<KernelRelease> since, before;  // since <= kernel < before
  Outcome outcome = Outcome::skip;
  std::optional<std::regex> says;  // is found in the reason of the case
  std::string reason;              // why it differs, for people
  std::string see;                 // commit or thread
  std::string place;               // FILE:LINE
};

struct Judged {
  std::string name, cut, engine;
  scenario::CaseResult result;
};

class Expectations {
 public:
  Expectations() = default;
  explicit Expectations(std::vector<Expectation> list);

  // The verdict in the light of what was expected: a failure becomes xfail and a pass xpass, a
  // skip stays one. With `strict` a skip that nobody expects is trouble.
  scenario::CaseResult apply(const Judged& judged, bool strict);

  // Of those that cases have met, what none has needed: a skip that did not come.
  std::vector<const Expectation*> unneeded() const;

  // Those that match no case of `catalogue`, whatever the kernel.
  std::vector<const Expectation*> stale(const Catalogue& catalogue) const;

  std::size_t size() const { return list_.size(); }

 private:
  struct Use {
    bool met = false, needed = false;
  };
  scenario::CaseResult apply_to_failure(const Judged& judged);
  scenario::CaseResult apply_to_pass(const Judged& judged);
  scenario::CaseResult apply_to_skip(const Judged& judged, bool strict);
  std::optional<std::size_t> find(const Judged& judged, Expectation::Outcome outcome,
                                  bool with_reason);

  std::vector<Expectation> list_;
  std::vector<Use> uses_;
};

}  // namespace sockcr::runner
