#include "scenarios/runner/selection.h"

#include <fmt/format.h>
#include <algorithm>
#include <set>

#include "scenarios/runner/engine_program.h"
#include "scenarios/runner/exit_code.h"
#include "scenarios/runner/suggestion.h"

namespace sockcr::runner {
namespace {

using Names = std::vector<std::string>;

Names scenario_names(const Catalogue& catalogue) {
  Names names;
  for (const ScenarioEntry& scenario : catalogue.scenarios) {
    names.push_back(scenario.name);
    names.insert(names.end(), scenario.aliases.begin(), scenario.aliases.end());
  }
  return names;
}

Names variant_names(const ScenarioEntry& scenario) {
  Names names;
  for (const VariantEntry& variant : scenario.variants) {
    names.push_back(scenario.name + "." + variant.name);
  }
  return names;
}

class Chooser {
 public:
  Chooser(const Catalogue& catalogue, const Choice& choice)
      : catalogue_(catalogue), choice_(choice) {}

  void add_everything() {
    for (const ScenarioEntry& scenario : catalogue_.scenarios) add_scenario(scenario);
    damaged_ = catalogue_.damaged;
  }

  void add(const std::string& name) {
    const auto dot = name.find('.');
    const std::string scenario_name = name.substr(0, dot);
    const ScenarioEntry* scenario = find_scenario(catalogue_, scenario_name);
    if (scenario == nullptr) {
      add_damaged(scenario_name);
    } else if (scenario->variants.empty()) {
      throw UsageError(fmt::format("{} has no cases of its own: --walk N plays it", scenario_name));
    } else if (dot == std::string::npos) {
      add_scenario(*scenario);
    } else {
      add_variant(*scenario, name.substr(dot + 1));
    }
  }

  Selection result() const { return {{cases_.begin(), cases_.end()}, damaged_}; }

 private:
  std::size_t position(const ScenarioEntry& scenario) const {
    return static_cast<std::size_t>(&scenario - catalogue_.scenarios.data());
  }

  void add_scenario(const ScenarioEntry& scenario) {
    for (std::size_t i = 0; i < scenario.variants.size(); ++i) {
      const VariantEntry& variant = scenario.variants[i];
      if (variant.is_long && !choice_.long_ones && !choice_.virtual_time) continue;
      if (choice_.exhaustive || variant.in_cover) cases_.insert({position(scenario), i});
    }
  }

  void add_variant(const ScenarioEntry& scenario, const std::string& variant) {
    for (std::size_t i = 0; i < scenario.variants.size(); ++i) {
      if (scenario.variants[i].name == variant) {
        cases_.insert({position(scenario), i});
        return;
      }
    }
    const std::string whole = scenario.name + "." + variant;
    throw UsageError(fmt::format("{} has no variant {}{} (--list {} --exhaustive shows all)",
                                 scenario.name, variant,
                                 did_you_mean(whole, variant_names(scenario)), scenario.name));
  }

  void add_damaged(const std::string& name) {
    for (const DamagedEntry& damaged : catalogue_.damaged) {
      if (damaged.name == name) {
        damaged_.push_back(damaged);
        return;
      }
    }
    throw UsageError(fmt::format("no scenario is called {}{} (--list shows all)", name,
                                 did_you_mean(name, scenario_names(catalogue_))));
  }

  const Catalogue& catalogue_;
  const Choice& choice_;
  std::set<CaseId> cases_;
  std::vector<DamagedEntry> damaged_;
};

Names named_for(const Catalogue& catalogue, const std::string& engine) {
  for (const EngineEntry& entry : engines_of(catalogue)) {
    if (entry.name == engine) return entry.cases;
  }
  return {};
}

}  // namespace

void require_engine(const Catalogue& catalogue, const std::string& engine) {
  if (engine == "native") return;
  const std::string name = engine_without_path(engine);
  Names known;
  for (const EngineEntry& entry : engines_of(catalogue)) known.push_back(entry.name);
  if (std::count(known.begin(), known.end(), name) != 0) return;
  throw UsageError(fmt::format("no engine is called {}{} (--list-engines shows all)", engine,
                               did_you_mean(engine, known)));
}

Selection select(const Catalogue& catalogue, const Choice& choice) {
  require_engine(catalogue, choice.engine);
  Chooser chooser(catalogue, choice);
  Names names = choice.names;
  const bool everything = choice.all || (choice.exhaustive && names.empty());
  if (!everything && names.empty()) names = named_for(catalogue, choice.engine);
  if (!everything && names.empty()) {
    throw UsageError("nothing to run: name a scenario (--list shows them), or say --all");
  }
  if (everything) chooser.add_everything();
  for (const std::string& name : names) chooser.add(name);
  Selection selection = chooser.result();
  if (!names.empty() && selection.cases.empty() && selection.damaged.empty()) {
    throw UsageError(fmt::format(
        "every case of {} waits for real seconds: say --virtual-time, with --kernel and a "
        "User-mode Linux, or --long (--list {} --long shows what each needs)",
        fmt::join(names, ", "), names.front()));
  }
  return selection;
}

}  // namespace sockcr::runner
