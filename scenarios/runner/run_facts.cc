#include "scenarios/runner/run_facts.h"

#include <algorithm>
#include <set>

namespace sockcr::runner {
namespace {

std::vector<Share> shares_of(const Catalogue& catalogue, const Schedule& schedule) {
  std::vector<Share> shares;
  for (const auto& [scenario, cases] : schedule.shares()) {
    shares.push_back({catalogue.scenarios[scenario].name, cases});
  }
  return shares;
}

// What is damaged is told once, in the first shard.
std::vector<Share> damaged_of(const Selection& selection, const Options& options) {
  std::vector<Share> shares;
  if (options.shard.index != 1) return shares;
  for (const DamagedEntry& damaged : selection.damaged) shares.push_back({damaged.name, 1});
  return shares;
}

std::size_t longest_name(const Catalogue& catalogue, const Selection& selection) {
  std::size_t longest = 0;
  for (const CaseId& id : selection.cases) {
    longest = std::max(longest, case_name(catalogue, id).size());
  }
  return longest;
}

std::size_t count_scenarios(const Selection& selection) {
  std::set<std::size_t> scenarios;
  for (const CaseId& id : selection.cases) scenarios.insert(id.scenario);
  return scenarios.size();
}

}  // namespace

RunFacts facts_of(const Catalogue& catalogue, const Selection& selection, const Schedule& schedule,
                  const Options& options, const std::string& kernel) {
  RunFacts facts;
  facts.kernel = kernel;
  facts.engine = options.choice.engine;
  facts.gate = options.gate;
  facts.cuts = options.cuts;
  facts.seed = options.seed;
  facts.jobs = options.jobs;
  facts.slow_factor = options.factor();
  facts.virtual_time = options.virtual_time();
  facts.shares = shares_of(catalogue, schedule);
  facts.once = damaged_of(selection, options);
  facts.rounds = options.rounds();
  facts.scenarios = count_scenarios(selection);
  facts.cases = schedule.per_round() + facts.once.size();
  if (schedule.total()) facts.total = *schedule.total() + facts.once.size();
  if (options.walk) {  // one scenario, and each round is a conversation of its own
    facts.cases = *schedule.total();
    facts.shares.front().cases = facts.cases;
    facts.rounds = 1;
  }
  facts.longest_name = longest_name(catalogue, selection);
  facts.started = Clock::now();
  return facts;
}

}  // namespace sockcr::runner
