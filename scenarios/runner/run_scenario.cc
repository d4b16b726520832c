// run-scenario: finds the scenario binaries, runs the chosen cases, reports.
#include <cstdio>
#include <string>
#include <string_view>

#include "engine/sys/program.h"
#include "scenarios/runner/answer.h"
#include "scenarios/runner/discovery.h"
#include "scenarios/runner/exit_code.h"
#include "scenarios/runner/session.h"
#include "scenarios/runner/walking.h"

namespace sockcr::runner {
namespace {

constexpr std::string_view walk_named_by = "walk.";

void warn_of_damaged(const std::string& program, const Catalogue& catalogue) {
  for (const DamagedEntry& damaged : catalogue.damaged) {
    std::fprintf(stderr, "%s: scenario %s cannot be run: %s\n", program.c_str(),
                 damaged.name.c_str(), damaged.reason.c_str());
  }
}

// "walk.17", or "walk.v6; gate closes; cut".
const ScenarioEntry* walk_named(const Catalogue& catalogue, const std::string& name) {
  return name.starts_with(walk_named_by) ? find_scenario(catalogue, walk_scenario) : nullptr;
}

int show_timeline(const std::string& binary, const char* how, const std::string& variant) {
  const Program timeline({binary, how, variant});
  const auto exit = timeline.start().wait();
  if (exit.code == 0) return exit_good;
  std::fprintf(stderr, "%s: %s\n", timeline.to_text().c_str(), end_text(exit).c_str());
  return exit_cannot_judge;
}

int show(const Catalogue& catalogue, const std::string& name, const char* how) {
  if (const ScenarioEntry* walk = walk_named(catalogue, name)) {
    return show_timeline(walk->binary, how, name.substr(walk_named_by.size()));
  }
  const Selection selection = select(catalogue, {.names = {name}, .long_ones = true});
  if (selection.cases.empty()) return exit_cannot_judge;  // damaged, and said so
  const CaseId id = selection.cases.front();
  const ScenarioEntry& scenario = catalogue.scenarios[id.scenario];
  return show_timeline(scenario.binary, how, scenario.variants[id.variant].name);
}

int run_scenario(const std::string& program, int argc, char** argv) {
  const Options options = parse_options(Asked::everything, program, argc, argv);
  if (options.action == Action::stop) return exit_good;
  const Catalogue catalogue = discover(scenario_folder());
  warn_of_damaged(program, catalogue);
  if (options.action == Action::show) return show(catalogue, options.show, "--timeline");
  if (options.action == Action::explain) return show(catalogue, options.show, "--explanation");
  return carry_out(catalogue, options, {command_of(argv[0]), true});
}

}  // namespace
}  // namespace sockcr::runner

int main(int argc, char** argv) {
  using namespace sockcr::runner;
  const std::string program = base_name(argv[0]);
  return guarded_main(program, [&] { return run_scenario(program, argc, argv); });
}
