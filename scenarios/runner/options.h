// The command line as values. Which options there are is a contract with tests and users.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/runner/exit_code.h"
#include "scenarios/runner/schedule.h"
#include "scenarios/runner/selection.h"

namespace sockcr::runner {

// stop: --help was printed
enum class Action { run, list, list_engines, show, explain, check_expectations, stop };
enum class Format { text, ktap, json };

struct Options {
  Action action = Action::run;
  Choice choice;
  std::string show;  // NAME or NAME.VARIANT, of --show and --explain
  std::vector<std::string> cuts{"once"};
  std::string gate = "iptables";
  std::string kernel;  // the image to boot; "": the running one
  bool virtual_time() const { return choice.virtual_time; }  // in that kernel the clock jumps
  std::uint64_t jobs = 0;                                    // after parsing never 0
  std::uint64_t seed = 1;
  std::optional<std::uint64_t> walk;  // so many random conversations instead of cases
  std::optional<std::uint64_t> repeat;
  bool until_fail = false;
  std::optional<std::uint64_t> max_failures;
  bool shuffle = false;
  Shard shard;
  std::optional<double> slow_factor;  // nothing: the measured one
  double measured_slow_factor = 1;
  bool keep = false;
  bool trace = false;
  bool compare_images = true;
  bool profile = false;  // where the time went, on standard error at the end
  bool compare = false;  // what the peer saw with the control
  Format format = Format::text;
  ExitStyle exit_style = ExitStyle::bisect;
  std::string junit;                        // "": no such file
  std::optional<std::string> expectations;  // nothing: the usual file; "": none
  bool strict = false;                      // a skip that nobody expects is trouble

  double factor() const { return slow_factor.value_or(measured_slow_factor); }
  // Rounds to run: for ever with --until-fail alone. Each of a walk's is one conversation.
  std::optional<std::uint64_t> rounds() const;
  // After how many failures to stop; nothing: never.
  std::optional<std::uint64_t> stop_after() const;
};

// Who is asked: run-scenario, or a scenario binary about itself; the latter has no selection, its
// positional arguments are variants.
enum class Asked { everything, one_scenario };

// Throws UsageError; prints --help itself.
Options parse_options(Asked asked, const std::string& program, int argc, char** argv);

// A guest has one core, whatever its host has. In virtual time nothing waits, so that nothing is
// won by several at once, and whoever is alone has the clock for himself.
constexpr std::uint64_t guest_jobs = 4;
constexpr std::uint64_t virtual_time_jobs = 1;

// Four a core that this process may use: a case mostly waits.
std::uint64_t usual_jobs();

}  // namespace sockcr::runner
