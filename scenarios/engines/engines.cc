#include <algorithm>
#include <stdexcept>

#include "engine/sys/program.h"
#include "scenarios/engines/broken.h"
#include "scenarios/engines/criu.h"
#include "scenarios/engines/criu_cache.h"
#include "scenarios/engines/engine.h"
#include "scenarios/engines/native.h"

namespace sockcr::scenario {
namespace {

constexpr std::string_view criu_prefix = "criu:";

// Empty: it is none of CRIU, or not installed.
std::string criu_program(const std::string& name) {
  if (name == "criu") return find_program("criu");
  return name.starts_with(criu_prefix) ? name.substr(criu_prefix.size()) : "";
}

EngineEntry criu_named(const std::string& name) {
  return {
      "criu", "CRIU, which carries the program as a process; criu:PATH is that criu", {}, [name] {
        return std::make_unique<Criu>(criu_program(name));
      }};
}

}  // namespace

const std::vector<EngineEntry>& engines() {
  static const std::vector<EngineEntry> all = [] {
    std::vector<EngineEntry> entries{
        {"native", "this project's engine", {}, [] { return std::make_unique<Native>(); }},
        criu_named("criu")};
    for (EngineEntry& broken : broken_engines()) entries.push_back(std::move(broken));
    return entries;
  }();
  return all;
}

EngineEntry engine_named(const std::string& name) {
  if (name.starts_with(criu_prefix)) return criu_named(name);
  const auto& all = engines();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const EngineEntry& entry) { return entry.name == name; });
  if (found == all.end()) throw std::out_of_range("no engine is called " + name);
  return *found;
}

void prepare_engine(const std::string& name) {
  if (!is_foreign(name)) return;
  const std::string program = criu_program(name);
  if (program.empty()) throw Trouble("criu is not installed");
  acquaint_criu(program);
}

bool is_foreign(const std::string& name) { return engine_named(name).name == "criu"; }

}  // namespace sockcr::scenario
