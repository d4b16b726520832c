// What there is to run, as the scenario binaries describe themselves: plain values.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sockcr::runner {

struct VariantEntry {
  std::string name;
  std::string needs;     // what a machine must have beyond the usual; "" when nothing
  bool in_cover = true;  // part of the default cover
  bool is_long = false;  // waits for real seconds: with --long or --virtual-time, or by its name
  unsigned seconds = 0;  // beyond what a case may take anyway
};

struct EngineEntry {
  std::string name;  // native, broken:NAME
  std::string about;
  std::vector<std::string> cases;  // those that are named to catch a broken engine
};

struct ScenarioEntry {
  std::string name, about;
  std::vector<std::string> aliases;
  std::vector<VariantEntry> variants;
  std::vector<EngineEntry> engines;
  std::string binary;  // path to execute
};

// A binary that stands where scenarios stand, but could not say what it has.
struct DamagedEntry {
  std::string name;  // file name
  std::string reason;
};

struct Catalogue {
  std::vector<ScenarioEntry> scenarios;  // sorted by name
  std::vector<DamagedEntry> damaged;
};

// One case by its positions in a catalogue.
struct CaseId {
  std::size_t scenario, variant;
  bool operator<(const CaseId& other) const {
    return scenario != other.scenario ? scenario < other.scenario : variant < other.variant;
  }
};

// From a `--describe` document; throws nlohmann::json::exception where it is not one.
ScenarioEntry scenario_from(const nlohmann::json& description, std::string binary);

// The scenario called `name` or with that alias; nullptr when there is none.
const ScenarioEntry* find_scenario(const Catalogue& catalogue, std::string_view name);

// Engines of all scenarios, each once, the cases named for it joined; native first.
std::vector<EngineEntry> engines_of(const Catalogue& catalogue);
bool has_engine(const ScenarioEntry& scenario, std::string_view engine);

std::string case_name(const Catalogue& catalogue, CaseId id);  // NAME.VARIANT

}  // namespace sockcr::runner
