// A fault of the wire as a step. It lasts until the gate has closed.
#pragma once

#include <string>

#include "netns/fault.h"
#include "scenarios/language/step.h"
#include "scenarios/language/world.h"

namespace sockcr::scenario {

inline netns::FaultFamily fault_family(const World& world) {
  return world.settings.variant.family == Family::v6 ? netns::FaultFamily::v6
                                                     : netns::FaultFamily::v4;
}

inline Step fault(std::string text, netns::FaultKind kind, At at) {
  return {std::move(text),
          [kind](World& world) { world.faults.emplace_back(kind, fault_family(world)); }, at,
          StepKind::laboratory};
}

}  // namespace sockcr::scenario
