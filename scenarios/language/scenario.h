// What a file of the catalogue defines: `extern const Scenario the_scenario`.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "netns/sysctl.h"
#include "scenarios/language/settings.h"
#include "scenarios/language/step.h"
#include "scenarios/language/variant.h"

namespace sockcr::scenario {

struct Scenario {
  std::string name;  // also the file's
  std::string about;
  std::vector<std::string> aliases{};
  Axes axes{};
  // Laid over those that the laboratory pins, before its sockets exist.
  std::function<std::vector<netns::SysctlOverride>(const Variant&)> sysctls{};
  std::function<Steps(const Variant&)> timeline;
  // For how long it waits for the kernel's timers, at most and with two cuts: a case that is run by
  // its name, with --long or with --virtual-time.
  std::function<std::chrono::seconds(const Variant&)> waits{};
  // What it may take beyond the usual, on a slow machine.
  std::chrono::seconds allowance{};
  // Why what the peer sees cannot be held against the control; empty: it can.
  std::string not_compared{};
  std::function<Scenery(const Variant&)> scenery = [](const Variant&) { return Scenery{}; };
};

extern const Scenario the_scenario;

}  // namespace sockcr::scenario
