// The main function of every scenario binary. What the binary knows comes in as three functions.
//
//   BINARY --describe             one JSON document on stdout: what there is to run
//   BINARY --run-one REQUEST      one case, in this process; the CaseResult goes to descriptor 3
//   BINARY --timeline VARIANT     the steps in words
//   BINARY --explanation VARIANT  the same, each step with its reason
//   BINARY [OPTIONS] [VARIANT]... as run-scenario, restricted to this scenario
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "scenarios/runner/case.h"

namespace sockcr::scenario {

struct ScenarioHooks {
  // {"scenario", "about", "aliases": [..],
  //  "variants": [{"variant", "needs": "", "in_cover": true, "long": false}..],
  //  "engines": [{"name", "about", "cases": [..]}..]}
  std::function<nlohmann::json()> describe;
  // Runs in a process that does nothing else. An exception becomes the verdict trouble (skip when
  // it is Unsupported): a violation is for the function itself to report.
  std::function<CaseResult(const CaseRequest&)> run;
  // May throw std::exception for a variant that it does not have.
  std::function<std::string(const std::string& variant)> timeline;
  // The same with the reason of each step; may be left out.
  std::function<std::string(const std::string& variant)> explanation{};
};

// The exit code of the process, as the command-line contract says.
int scenario_main(const ScenarioHooks& hooks, int argc, char** argv);

}  // namespace sockcr::scenario
