#include <algorithm>
#include <stdexcept>

#include "scenarios/engines/broken.h"
#include "scenarios/engines/engine.h"
#include "scenarios/engines/native.h"

namespace sockcr::scenario {

const std::vector<EngineEntry>& engines() {
  static const std::vector<EngineEntry> all = [] {
    std::vector<EngineEntry> entries{
        {"native", "this project's engine", {}, [] { return std::make_unique<Native>(); }}};
    for (EngineEntry& broken : broken_engines()) entries.push_back(std::move(broken));
    return entries;
  }();
  return all;
}

const EngineEntry& engine_named(const std::string& name) {
  const auto& all = engines();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const EngineEntry& entry) { return entry.name == name; });
  if (found == all.end()) throw std::out_of_range("no engine is called " + name);
  return *found;
}

}  // namespace sockcr::scenario
