// What a file of the catalogue defines: `extern const Scenario the_scenario`.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "scenarios/language/step.h"
#include "scenarios/language/variant.h"

namespace sockcr::scenario {

struct Scenario {
  std::string name;  // also the file's
  std::string about;
  std::vector<std::string> aliases{};
  Axes axes{};
  std::function<Steps(const Variant&)> timeline;
};

extern const Scenario the_scenario;

}  // namespace sockcr::scenario
