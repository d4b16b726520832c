#include "scenarios/runner/listing.h"

#include <fmt/format.h>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace sockcr::runner {
namespace {

using nlohmann::ordered_json;

std::string json_line(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string heading(const ScenarioEntry& scenario) {
  const std::string also =
      scenario.aliases.empty() ? "" : fmt::format(" (also {})", fmt::join(scenario.aliases, ", "));
  return fmt::format("# {}{}: {}\n", scenario.name, also, scenario.about);
}

std::string text_line(const std::string& name, const VariantEntry& variant) {
  return variant.needs.empty() ? name + "\n" : fmt::format("{}  needs {}\n", name, variant.needs);
}

}  // namespace

std::string list_cases(const Catalogue& catalogue, const std::vector<CaseId>& cases,
                       Format format) {
  std::string text;
  const ScenarioEntry* last = nullptr;
  for (const CaseId& id : cases) {
    const ScenarioEntry& scenario = catalogue.scenarios[id.scenario];
    const VariantEntry& variant = scenario.variants[id.variant];
    const std::string name = case_name(catalogue, id);
    if (format == Format::json) {
      text += json_line({{"case", name},
                         {"scenario", scenario.name},
                         {"variant", variant.name},
                         {"about", scenario.about},
                         {"needs", variant.needs}});
      continue;
    }
    if (last != &scenario) text += heading(scenario);
    last = &scenario;
    text += text_line(name, variant);
  }
  return text;
}

std::string list_engines(const Catalogue& catalogue, Format format) {
  const auto engines = engines_of(catalogue);
  std::size_t width = 0;
  for (const EngineEntry& engine : engines) width = std::max(width, engine.name.size());
  std::string text;
  for (const EngineEntry& engine : engines) {
    text +=
        format == Format::json
            ? json_line({{"engine", engine.name}, {"about", engine.about}, {"cases", engine.cases}})
            : fmt::format("{:<{}}  {}\n", engine.name, width, engine.about);
  }
  return text;
}

}  // namespace sockcr::runner
