// The binary that plays random walks. To the runner it is a scenario without variants of its own:
// what is asked for is a seed, or a walk in words.
#include <fmt/format.h>
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "scenarios/engines/engine.h"
#include "scenarios/language/run_case.h"
#include "scenarios/runner/scenario_main.h"
#include "scenarios/walk/generate.h"
#include "scenarios/walk/model.h"
#include "scenarios/walk/source.h"

namespace {

using namespace sockcr::scenario;

nlohmann::json describe() {
  nlohmann::json all_engines = nlohmann::json::array();
  for (const EngineEntry& engine : engines()) {
    all_engines.push_back({{"name", engine.name}, {"about", engine.about}});
  }
  return {{"scenario", "walk"},
          {"about", "random conversations (--walk)"},
          {"variants", nlohmann::json::array()},
          {"engines", all_engines}};
}

// A seed, or the walk itself.
Walk walk_asked_for(const std::string& text) {
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
  const bool is_seed = error == std::errc{} && end == text.data() + text.size();
  return is_seed ? walk_of(seed) : legal(walk_from(text));
}

std::string name_of(const CaseRequest& request) { return fmt::format("walk_{}", request.seed); }

std::string told(const Walk& walk, const std::string& name) {
  return fmt::format("\nthe walk, {} steps: {}\nas a scenario, for scenarios/{}.cc:\n\n{}",
                     count_of_lines(walk), to_text(walk), name, source_of(walk, name));
}

CaseResult run(const CaseRequest& request) {
  const Walk walk = walk_asked_for(request.walk.empty() ? request.variant : request.walk);
  const std::string name = name_of(request);
  CaseRequest asked = request;
  asked.variant = variant_of(walk).name();
  CaseResult result = run_case(scenario_of(walk, name), asked);
  result.walk = pieces_of(walk);
  if (result.verdict == Verdict::fail) result.report += told(walk, name);
  return result;
}

std::string timeline(const std::string& text) {
  const Walk walk = walk_asked_for(text);
  const std::string name =
      "walk_" + (text.find_first_not_of("0123456789") == text.npos ? text : "");
  std::string shown = fmt::format("{}.{}: {}\n", name, variant_of(walk).name(), to_text(walk));
  int number = 0;
  const Steps steps = scenario_of(walk, name).timeline(variant_of(walk));
  for (const Step& step : steps.list()) shown += fmt::format("{:4}  {}\n", ++number, step.text);
  return shown;
}

}  // namespace

int main(int argc, char** argv) {
  return scenario_main({.describe = describe, .run = run, .timeline = timeline}, argc, argv);
}
