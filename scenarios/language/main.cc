// The main function of every scenario binary: what the catalogue's file defines, to the runner.
#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "scenarios/engines/engine.h"
#include "scenarios/language/reasons.h"
#include "scenarios/language/run_case.h"
#include "scenarios/runner/scenario_main.h"

namespace {

using namespace sockcr::scenario;

// "virtual time, or --long (13 min)"
std::string needs_of(std::chrono::seconds waits) {
  if (waits.count() == 0) return "";
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(waits).count();
  return fmt::format("virtual time, or --long ({} min)", minutes);
}

nlohmann::json describe() {
  const Scenario& scenario = the_scenario;
  const std::vector<Variant> cover = default_cover(scenario.axes);
  nlohmann::json variants = nlohmann::json::array();
  for (const Variant& v : product(scenario.axes)) {
    const auto waits = scenario.waits ? scenario.waits(v) : std::chrono::seconds(0);
    variants.push_back({{"variant", v.name()},
                        {"needs", needs_of(waits)},
                        {"long", waits.count() > 0 || is_long(scenario.axes, v)},
                        {"seconds", (waits + scenario.allowance).count()},
                        {"in_cover", std::find(cover.begin(), cover.end(), v) != cover.end()}});
  }
  nlohmann::json all_engines = nlohmann::json::array();
  for (const EngineEntry& engine : engines()) {
    all_engines.push_back(
        {{"name", engine.name}, {"about", engine.about}, {"cases", engine.cases}});
  }
  return {{"scenario", scenario.name},
          {"about", scenario.about},
          {"aliases", scenario.aliases},
          {"variants", variants},
          {"engines", all_engines}};
}

struct Told {
  std::string head;
  Steps steps;
};

Told told(const std::string& name) {
  const Scenario& scenario = the_scenario;
  const auto variant = find_variant(scenario.axes, name);
  if (!variant) throw std::invalid_argument(scenario.name + " has no variant " + name);
  std::string text = fmt::format("{}.{}: {}\n", scenario.name, name, scenario.about);
  if (!scenario.axes.narrowed.empty()) text += fmt::format("({})\n", scenario.axes.narrowed);
  return {text, scenario.timeline(*variant)};
}

std::string explanation(const std::string& name) {
  const auto [head, steps] = told(name);
  return head + explained(steps);
}

std::string timeline(const std::string& name) {
  auto [text, steps] = told(name);
  int number = 0;
  for (const Step& step : steps.list()) {
    text += fmt::format("{:4}  {}\n", ++number, step.text);
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  const ScenarioHooks hooks{
      .describe = describe,
      .run = [](const CaseRequest& request) { return run_case(the_scenario, request); },
      .timeline = timeline,
      .explanation = explanation};
  return scenario_main(hooks, argc, argv);
}
