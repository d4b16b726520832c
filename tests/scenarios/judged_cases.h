// Cases as a run judges them, for the tests of what prints them.
#pragma once

#include <string>

#include "scenarios/runner/blocks.h"

namespace sockcr::runner {

inline JudgedCase judged_case(scenario::Verdict verdict, const std::string& reason = "",
                              const std::string& report = "") {
  JudgedCase judged;
  judged.name = "half_closed.v4_ts";
  judged.scenario = "half_closed";
  judged.variant = "v4_ts";
  judged.cut = "once";
  judged.engine = "native";
  judged.rerun = "run-scenario half_closed.v4_ts";
  judged.result.verdict = verdict;
  judged.result.ms = 12.4;
  judged.result.reason = reason;
  judged.result.report = report;
  return judged;
}

inline Block block_of(std::vector<JudgedCase> cases, std::uint64_t more_planned = 0) {
  Block block{"half_closed", 0, cases.size() + more_planned};
  block.cases = std::move(cases);
  return block;
}

}  // namespace sockcr::runner
