#include "scenarios/runner/session.h"

#include <fmt/format.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>

#include "engine/sys/error.h"
#include "scenarios/runner/calibration.h"
#include "scenarios/runner/engine_program.h"
#include "scenarios/runner/exit_code.h"
#include "scenarios/runner/expectation_file.h"
#include "scenarios/runner/guest/debian_kernel.h"
#include "scenarios/runner/guest/guest_crew.h"
#include "scenarios/runner/json_reporter.h"
#include "scenarios/runner/junit_reporter.h"
#include "scenarios/runner/ktap_reporter.h"
#include "scenarios/runner/listing.h"
#include "scenarios/runner/place.h"
#include "scenarios/runner/process_crew.h"
#include "scenarios/runner/program_path.h"
#include "scenarios/runner/rerun.h"
#include "scenarios/runner/several_reporters.h"
#include "scenarios/runner/text_reporter.h"
#include "scenarios/runner/walking.h"

namespace sockcr::runner {
namespace {

std::unique_ptr<Reporter> main_reporter(Format format) {
  switch (format) {
    case Format::json:
      return std::make_unique<JsonReporter>(stdout, stderr);
    case Format::ktap:
      return std::make_unique<KtapReporter>(stdout, stderr);
    case Format::text:
      break;
  }
  return std::make_unique<TextReporter>(stdout);
}

SeveralReporters make_reporters(const Options& options) {
  SeveralReporters reporters;
  reporters.add(main_reporter(options.format));
  if (!options.junit.empty()) reporters.add(std::make_unique<JunitReporter>(options.junit));
  return reporters;
}

Expectations load_expectations(const Options& options) {
  const std::filesystem::path file = options.expectations
                                         ? std::filesystem::path(*options.expectations)
                                         : usual_expectation_file();
  return file.empty() ? Expectations() : Expectations(read_expectations(file));
}

int check_expectations(const Catalogue& catalogue, const Expectations& expectations) {
  const auto stale = expectations.stale(catalogue);
  for (const Expectation* each : stale) {
    std::printf("%s: case: %s matches no case\n", each->place.c_str(), each->case_glob.c_str());
  }
  std::printf("%zu expectations, %zu match no case\n", expectations.size(), stale.size());
  return stale.empty() ? exit_good : exit_bad;
}

// Beside the folder of the scenario binaries, one of which may be this program.
std::filesystem::path helper(const char* name) {
  const auto folder = program_path().parent_path();
  const auto beside = folder / "libexec" / name;
  auto found = std::filesystem::exists(beside) ? beside : folder.parent_path() / "libexec" / name;
  if (std::filesystem::exists(found)) return found;
  throw SystemError("open", found.string(), ENOENT)
      .advise("--kernel needs it; the build folder of a clone has it, a bundle has not");
}

GuestImage image_to_boot(const std::string& kernel, const Interrupt& interrupt) {
  if (!kernel.starts_with(debian_prefix)) return guest_image(kernel);
  const std::string version = kernel.substr(debian_prefix.size());
  return debian_kernel(helper("debian-kernel"), version, interrupt.get());
}

GuestPrograms guest_programs(const Options& options, const Interrupt& interrupt) {
  const GuestImage image = image_to_boot(options.kernel, interrupt);
  if (options.virtual_time() && image.kind != ImageKind::user_mode) {
    throw UsageError(fmt::format("--virtual-time needs a User-mode Linux, which {} is not",
                                 image.kernel.string()));
  }
  return {image, helper("guest_init"), helper("guest_agent"), options.virtual_time()};
}

// None where Ctrl-C came meanwhile.
std::unique_ptr<Crew> make_crew(const Options& options, Interrupt& interrupt) try {
  if (options.kernel.empty()) return std::make_unique<ProcessCrew>();
  return std::make_unique<GuestCrew>(guest_programs(options, interrupt), output_folder(),
                                     options.slow_factor, interrupt.get());
} catch (const BootInterrupted&) {
  interrupt.take();  // or it would end this process where it is unblocked
  return nullptr;
}

int run_all(const Catalogue& catalogue, const Selection& selection, Options options,
            const Caller& caller) {
  require_engine_program(options.choice.engine);
  Expectations expectations = load_expectations(options);
  SeveralReporters reporters = make_reporters(options);
  Interrupt interrupt;
  const std::unique_ptr<Crew> crew = make_crew(options, interrupt);
  if (!crew) return exit_interrupted;
  if (!options.slow_factor) options.measured_slow_factor = slow_factor_of(crew->pace());
  return run(catalogue, selection, options, caller, expectations, reporters, {interrupt, *crew});
}

Selection listed(const Catalogue& catalogue, Choice choice) {
  if (choice.names.empty()) choice.all = true;
  return select(catalogue, choice);
}

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }

int act(const Catalogue& catalogue, const Options& options, const Caller& caller) {
  if (options.action == Action::list) {
    print(list_cases(catalogue, listed(catalogue, options.choice).cases, options.format));
    return exit_good;
  }
  if (options.action == Action::list_engines) {
    print(list_engines(catalogue, options.format));
    return exit_good;
  }
  if (options.action == Action::check_expectations) {
    return check_expectations(catalogue, load_expectations(options));
  }
  if (options.walk) {
    const Catalogue walking = with_walks(catalogue, options.choice.engine);
    return run_all(walking, walks_of(walking), options, caller);
  }
  return run_all(catalogue, select(catalogue, options.choice), options, caller);
}

}  // namespace

int carry_out(const Catalogue& catalogue, const Options& options, const Caller& caller) {
  const int code = act(catalogue, options, caller);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  std::fprintf(stderr, "%s: standard output could not be written\n", caller.command.c_str());
  return exit_cannot_judge;
}

int guarded_main(const std::string& program, const std::function<int()>& body) {
  try {
    return body();
  } catch (const UsageError& error) {
    std::fprintf(stderr, "%s: %s\n", program.c_str(), error.what());
    return exit_usage;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", program.c_str(), error.what());
    return exit_cannot_judge;
  }
}

std::string command_of(const std::string& invoked) {
  const char* scenarios = std::getenv("SOCKCR_SCENARIOS");
  const bool chosen = scenarios != nullptr && *scenarios != '\0';
  return (chosen ? "SOCKCR_SCENARIOS=" + shell_quoted(scenarios) + " " : "") +
         shell_quoted(invoked);
}

std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace sockcr::runner
