// The command line as values. Which options there are is a contract with tests and users.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/runner/schedule.h"
#include "scenarios/runner/selection.h"

namespace sockcr::runner {

enum class Action { run, list, list_engines, show, stop };  // stop: --help was printed
enum class Format { text, json };

struct Options {
  Action action = Action::run;
  Choice choice;
  std::string show;  // NAME or NAME.VARIANT
  std::vector<std::string> cuts{"once"};
  std::string gate = "iptables";
  std::uint64_t jobs = 0;  // after parsing never 0
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> repeat;
  bool until_fail = false;
  std::optional<std::uint64_t> max_failures;
  bool shuffle = false;
  Shard shard;
  double slow_factor = 1;
  bool keep = false;
  bool trace = false;
  bool compare_images = true;
  bool profile = false;  // where the time went, on standard error at the end
  bool compare = false;  // what the peer saw with the control
  Format format = Format::text;

  // Rounds to run: for ever with --until-fail alone.
  std::optional<std::uint64_t> rounds() const;
  // After how many failures to stop; nothing: never.
  std::optional<std::uint64_t> stop_after() const;
};

// Who is asked: run-scenario, or a scenario binary about itself; the latter has no selection, its
// positional arguments are variants.
enum class Asked { everything, one_scenario };

// Throws UsageError; prints --help itself.
Options parse_options(Asked asked, const std::string& program, int argc, char** argv);

// Four a core that this process may use: a case mostly waits.
std::uint64_t usual_jobs();

}  // namespace sockcr::runner
