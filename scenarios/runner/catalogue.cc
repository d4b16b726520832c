#include "scenarios/runner/catalogue.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "scenarios/runner/engine_program.h"

namespace sockcr::runner {
namespace {

using nlohmann::json;
using Names = std::vector<std::string>;

VariantEntry variant_from(const json& entry) {
  return {entry.at("variant").get<std::string>(), entry.value("needs", ""),
          entry.value("in_cover", true), entry.value("long", false), entry.value("seconds", 0U)};
}

EngineEntry engine_from(const json& entry) {
  return {entry.at("name").get<std::string>(), entry.value("about", ""),
          entry.value("cases", Names{})};
}

void join(EngineEntry& known, const EngineEntry& more) {
  if (known.about.empty()) known.about = more.about;
  for (const std::string& name : more.cases) {
    const bool there = std::count(known.cases.begin(), known.cases.end(), name) != 0;
    if (!there) known.cases.push_back(name);
  }
}

}  // namespace

ScenarioEntry scenario_from(const json& description, std::string binary) {
  ScenarioEntry scenario;
  scenario.name = description.at("scenario").get<std::string>();
  scenario.about = description.value("about", "");
  scenario.aliases = description.value("aliases", Names{});
  for (const json& entry : description.at("variants")) {
    scenario.variants.push_back(variant_from(entry));
  }
  for (const json& entry : description.value("engines", json::array())) {
    scenario.engines.push_back(engine_from(entry));
  }
  scenario.binary = std::move(binary);
  return scenario;
}

const ScenarioEntry* find_scenario(const Catalogue& catalogue, std::string_view name) {
  for (const ScenarioEntry& scenario : catalogue.scenarios) {
    const auto& aliases = scenario.aliases;
    const bool alias = std::find(aliases.begin(), aliases.end(), name) != aliases.end();
    if (scenario.name == name || alias) return &scenario;
  }
  return nullptr;
}

std::vector<EngineEntry> engines_of(const Catalogue& catalogue) {
  std::vector<EngineEntry> engines;
  for (const ScenarioEntry& scenario : catalogue.scenarios) {
    for (const EngineEntry& engine : scenario.engines) {
      const auto known = std::find_if(engines.begin(), engines.end(),
                                      [&](const auto& e) { return e.name == engine.name; });
      if (known == engines.end()) {
        engines.push_back(engine);
      } else {
        join(*known, engine);
      }
    }
  }
  std::stable_partition(engines.begin(), engines.end(),
                        [](const EngineEntry& engine) { return engine.name == "native"; });
  return engines;
}

bool has_engine(const ScenarioEntry& scenario, std::string_view engine) {
  const std::string name = engine_without_path(std::string(engine));
  return engine == "native" ||
         std::any_of(scenario.engines.begin(), scenario.engines.end(),
                     [&](const EngineEntry& entry) { return entry.name == name; });
}

std::string case_name(const Catalogue& catalogue, CaseId id) {
  const ScenarioEntry& scenario = catalogue.scenarios.at(id.scenario);
  return scenario.name + "." + scenario.variants.at(id.variant).name;
}

}  // namespace sockcr::runner
