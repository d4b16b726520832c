#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "netns/sysctl.h"
#include "scenarios/language/variant.h"

namespace sockcr::scenario {

// How often the connection is cut. `none` is the control.
enum class Cut { none, once, twice };

// All that a case depends on besides its timeline.
struct Settings {
  std::string scenario;
  Variant variant;
  Cut cut = Cut::once;
  std::string engine = "native";
  std::uint64_t seed = 1;
  double slow_factor = 1;
  bool compare_images = true;
  std::vector<netns::SysctlOverride> sysctls{};

  std::string case_name() const { return scenario + "." + variant.name(); }
};

}  // namespace sockcr::scenario
